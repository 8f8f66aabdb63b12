using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The textbook form of e-prop: an eligibility for every synapse, moved through every step of every trial.</summary>
/// <remarks>
/// A block is one row of a dense connection, so that all its threads meet the same spikes; a thread has every column whose index modulo
/// the block size is its own, and keeps its eligibility in registers. O(steps·synapses) work, whatever spikes. The equations are those of
/// <see cref="EPropEquations"/>; source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020).
/// </remarks>
internal static class EPropOnlineKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 256;

    public static void Run(EPropOnlineParameters connection)
    {
        if (connection.Batch.HasOverflow)
        {
            return;
        }

        for (int column = Group.IdxX; column < connection.Columns; column += Group.DimX)
        {
            float gradient = 0;
            for (int slot = 0; slot < connection.Batch.Size; slot++)
            {
                gradient += OfTrial(connection, slot, Grid.IdxX, column);
            }

            connection.Gradient[(long)Grid.IdxX * connection.Columns + column] = gradient;
        }
    }

    private static float OfTrial(in EPropOnlineParameters connection, int slot, int row, int column)
    {
        connection.Source.FindEvents(slot, connection.Batch.Example[slot], row, out long k, out long end);
        float constant = 0;
        for (; k < end && connection.IsConstant != 0; k++)
        {
            constant += connection.Membrane.CurrentGain * connection.Source.ValueOf(k);
        }

        var synapse = default(Synapse);
        float gradient = 0;
        for (int step = 0; step < connection.Steps; step++)
        {
            float arrived = constant;
            for (; k < end && connection.Source.SegmentOf(k, delay: 0) == step; k++)
            {
                arrived += connection.Source.ValueOf(k);
            }

            synapse.Arrive(connection, arrived);
            long at = (long)slot * connection.Steps + step;
            gradient += connection.IsOutput != 0
                ? synapse.OfOutput(connection.Errors[at * connection.Columns + column])
                : synapse.OfHidden(connection, at * connection.Neurons + connection.FirstNeuron + column);
        }

        return gradient;
    }

    /// <summary>What one synapse remembers.</summary>
    private struct Synapse
    {
        // z̄ = dV/dw, and the current of its spikes.
        private FloatLane _trace;
        private FloatLane _traceCurrent;
        private FloatLane _slow;

        // The eligibility as the output filters it, and the current of that filter.
        private FloatLane _filtered;
        private FloatLane _filteredCurrent;

        public void Arrive(in EPropOnlineParameters connection, float arrived)
        {
            _traceCurrent += new FloatLane(arrived);
            connection.Membrane.Step(ref _trace, ref _traceCurrent);
        }

        public readonly float OfOutput(float error) => error * _trace.Value;

        /// <summary>A spike reaches the output one step after it was found, and so does its eligibility.</summary>
        public float OfHidden(in EPropOnlineParameters connection, long at)
        {
            FloatLane eligibility = connection.Equations.Eligibility<FloatLane>(connection.EProp.PseudoDerivative[at], _trace, ref _slow);
            connection.Output.Step(ref _filtered, ref _filteredCurrent);
            _filteredCurrent += eligibility;
            float gradient = connection.EProp.Signal[at] * _filtered.Value;
            return connection.EProp.HasRates == 0 ? gradient : gradient + connection.EProp.RateSignal[at] * eligibility.Value;
        }
    }
}
