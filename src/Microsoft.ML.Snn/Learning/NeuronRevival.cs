using System;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Raises the input weights of neurons that never spiked: no gradient would ever reach them.</summary>
/// <remarks>Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025).</remarks>
internal static class NeuronRevival
{
    /// <summary>Adds <paramref name="increase"/> to every weight from the layer's input to a silent neuron.</summary>
    /// <param name="program">The network.</param>
    /// <param name="engine">Its weights.</param>
    /// <param name="spikeCounts">Spikes of each hidden neuron, layer after layer.</param>
    /// <param name="increase">In units of the threshold.</param>
    public static void Revive(NetworkProgram program, NetworkEngine engine, ReadOnlySpan<long> spikeCounts, double increase)
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        engine.GetWeights(weights);
        int first = 0;
        foreach (HiddenProgram layer in program.Hidden)
        {
            float[] input = weights[layer.Input.Index];
            for (int neuron = 0; neuron < layer.Units; neuron++)
            {
                for (int at = neuron; spikeCounts[first + neuron] == 0 && at < input.Length; at += layer.Input.Columns)
                {
                    input[at] += (float)increase;
                }
            }

            first += layer.Units;
        }

        engine.SetWeights(weights);
    }
}
