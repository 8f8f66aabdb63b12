using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Runs stand-ins for a user's neurons, as <see cref="LayerActivity"/> does for leaky ones.</summary>
/// <param name="drift">Mean of what arrives in each step.</param>
/// <param name="spread">Standard deviation of it.</param>
/// <param name="noise">Standard normal numbers, shape [stand-in, step].</param>
/// <param name="isConstantCurrent">Whether a stand-in has one noise for the whole trial.</param>
internal sealed class CustomStandIns(float[] drift, float[] spread, float[] noise, bool isConstantCurrent) : ICellVisitor<double[]>
{
    public double[] Visit<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> cell)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations
    {
        double[] spikes = new double[drift.Length];
        for (int first = 0; first < noise.Length; first += drift.Length)
        {
            Run(cell, noise.AsSpan(first, drift.Length), spikes);
        }

        return spikes;
    }

    private void Run<TNeuron, TSynapse>(
        CellEquations<TNeuron, TSynapse> cell, ReadOnlySpan<float> own, double[] spikes)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations
    {
        CellState<FloatLane> state = cell.Initial<FloatLane>();
        for (int step = 0; step < drift.Length; step++)
        {
            var arrived = new FloatLane(drift[step] + spread[step] * own[isConstantCurrent ? 0 : step]);
            state = cell.Step(cell.Arrive(state, arrived), out _, out _);
            float threshold = cell.Neuron.Threshold(state.Neuron).Value;
            if (threshold >= 0)
            {
                state = new(cell.Neuron.Reset(state.Neuron), state.Synapse);
                spikes[step]++;
            }
            else if (!float.IsFinite(threshold))
            {
                // So much arrived that the state ran away: that is enough, whatever it would have been.
                state = cell.Initial<FloatLane>();
                spikes[step]++;
            }
        }
    }
}
