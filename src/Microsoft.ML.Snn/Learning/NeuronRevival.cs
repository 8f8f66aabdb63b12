using System;
using System.Linq;
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
        foreach (PopulationProgram population in program.Spiking)
        {
            ConnectionProgram? input = program.Connections.FirstOrDefault(c => c.Target == population.Index && IsOwn(c));
            for (int neuron = 0; neuron < population.Units && input != null; neuron++)
            {
                if (spikeCounts[first + neuron] == 0)
                {
                    Raise(input, weights[input.Index], neuron, (float)increase);
                }
            }

            first += population.Units;
        }

        engine.SetWeights(weights);
    }

    /// <summary>Whether a connection leads forward and each of its weights to one neuron.</summary>
    private static bool IsOwn(ConnectionProgram c) =>
        c.FixedWeight == null && c.WeightCount == c.SynapseCount && (c.IsFromInput || c.Source < c.Target);

    private static void Raise(ConnectionProgram input, float[] weights, int neuron, float increase)
    {
        if (input.Table is not { } table)
        {
            for (int at = neuron; at < weights.Length; at += input.Columns)
            {
                weights[at] += increase;
            }

            return;
        }

        foreach (SynapseSegment segment in table.Segments)
        {
            if (neuron >= segment.Target && neuron < segment.Target + segment.Length)
            {
                weights[segment.Weight + neuron - segment.Target] += increase;
            }
        }
    }
}
