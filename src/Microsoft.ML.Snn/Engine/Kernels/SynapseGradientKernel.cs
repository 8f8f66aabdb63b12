using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Gathers the gradient of weights that several synapses may share, or of delays. A block is one number.</summary>
/// <remarks>
/// Each thread takes every n-th pair of a synapse and a trial; their parts are added in order. No float atomics: same batch,
/// same bits. ∂L/∂delay is what the arrivals send back to the spike, since a spike that takes longer acts as one that was
/// sent later; source: Mészáros, Knight and Nowotny, Efficient event-based delay learning in spiking neural networks (2025).
/// </remarks>
internal static class SynapseGradientKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 64;

    public static void Run(SynapseGradientParameters connection)
    {
        ArrayView<float> parts = SharedMemory.Allocate<float>(MaximumThreads);
        if (connection.Batch.HasOverflow)
        {
            return;
        }

        int first = connection.Synapses.First[connection.List + Grid.IdxX];
        int count = connection.Synapses.First[connection.List + Grid.IdxX + 1] - first;
        float sum = 0;
        for (long pair = Group.IdxX; pair < (long)count * connection.Batch.Size; pair += Group.DimX)
        {
            int slot = (int)(pair / count);
            sum += OfTrial(connection, slot, first + (int)(pair - (long)slot * count));
        }

        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            for (int thread = 1; thread < Group.DimX; thread++)
            {
                sum += parts[thread];
            }

            connection.Gradient[Grid.IdxX] = sum;
        }
    }

    /// <summary>What one synapse adds in one trial.</summary>
    private static float OfTrial(in SynapseGradientParameters connection, int slot, int synapse)
    {
        int row = connection.Synapses.Row[synapse];
        int target = connection.Synapses.Target[synapse];
        int weight = connection.Synapses.Weight[synapse];
        int delay = connection.Source.DelayOf(row, weight);
        connection.Source.FindEvents(slot, connection.Batch.Example[slot], row, out long begin, out long end);
        int segments = connection.Source.SegmentsOf(connection.Batch, slot);
        float sum = 0;
        for (long k = begin; k < end; k++)
        {
            sum += connection.Source.Term(slot, k, delay, target, segments);
        }

        if (connection.IsDelay == 0)
        {
            return sum;
        }

        // A maximum moves with the arrival that ended its rise, however strong that was.
        sum *= connection.Weights[weight];
        for (long k = begin; k < end && connection.MovedColumns > 0; k++)
        {
            int arrival = connection.Source.SegmentOf(k, delay);
            sum += arrival < segments
                ? connection.Moved[((long)slot * connection.Source.Segments + arrival) * connection.MovedColumns + target]
                : 0;
        }

        return sum;
    }
}
