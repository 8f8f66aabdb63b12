using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What the spikes of one population at one step get back from all their targets.</summary>
/// <remarks>
/// Teams of threads sum over the targets, a team per spike; the thread of the neuron that spiked adds up its team's parts,
/// in order: the result does not depend on timing. The parts are in global memory, which OpenCL's barrier orders.
/// </remarks>
internal static class GraphErrors
{
    /// <summary>Most threads of a team.</summary>
    public const int MaximumLanes = 32;

    /// <summary>Number of spikes whose errors are summed between two barriers.</summary>
    public const int SpikesPerRound = 32;

    /// <summary>Sends errors to the spikes that arrive at a step without delay, or later with one.</summary>
    public static void Send(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step)
    {
        // The masks are the same for all threads, so that all make the same number of rounds.
        long masks = trial.State.Masks.At(slot, step) + population.FirstNeuron / 32;
        int words = (population.Units + 31) / 32;
        int spikes = trial.State.Masks.Count(masks, words);
        for (int first = 0; first < spikes; first += SpikesPerRound)
        {
            Group.Barrier();
            SumParts(trial, population, slot, step, masks, words, first);
            Group.Barrier();
            AddErrors(trial, population, slot, masks, words, first);
        }
    }

    /// <summary>Each team sums for the spikes whose rank modulo the number of teams is its own.</summary>
    private static void SumParts(
        in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, long masks, int words, int first)
    {
        int teams = Group.DimX / trial.Lanes;
        int team = Group.IdxX / trial.Lanes;
        int lane = Group.IdxX - team * trial.Lanes;
        int rank = -first;
        for (int word = 0; word < words; word++)
        {
            for (int bits = trial.State.Masks.Bits[masks + word]; bits != 0; bits &= bits - 1, rank++)
            {
                if (rank >= 0 && rank < SpikesPerRound && rank % teams == team)
                {
                    int row = 32 * word + MaskViews.LowestBit(bits);
                    float sum = 0;
                    for (int s = population.FirstSender; s < population.FirstSender + population.Senders; s++)
                    {
                        sum += Part(trial, trial.Graph.Links[trial.Graph.Senders[s]], slot, step, row, lane);
                    }

                    trial.State.Parts[(long)slot * GraphStateViews.PartsOfSlot + rank * MaximumLanes + lane] = sum;
                }
            }
        }
    }

    /// <summary>One thread's part of what one spike gets back through one connection.</summary>
    private static float Part(in GraphBackwardParameters trial, in GraphLink link, int slot, int step, int row, int lane)
    {
        float sum = 0;
        int first = link.IsDense ? 0 : trial.Graph.Synapses.First[link.ByRow + row];
        int end = link.IsDense ? link.Columns : trial.Graph.Synapses.First[link.ByRow + row + 1];
        for (int n = first + lane; n < end; n += trial.Lanes)
        {
            int target = link.IsDense ? n : trial.Graph.Synapses.Target[n];
            int weight = link.IsDense ? row * link.Columns + n : trial.Graph.Synapses.Weight[n];
            int arrival = step + trial.Graph.Delays[link.DelayOf(row, weight)];

            // What would arrive beyond the trial arrives nowhere.
            if (arrival < trial.Batch.Steps[slot])
            {
                long trace = (long)slot * trial.Graph.Steps + arrival;
                sum += trial.Graph.Weights[link.Weights + weight]
                    * trial.State.Error[trace * trial.Graph.Currents + link.FirstCurrent + target];
                sum += link.FirstMoved < 0
                    ? 0
                    : trial.State.Moved[GraphAdjoint.MovedAt(trial, link.FirstMoved, link.Columns, slot, arrival, target)];
            }
        }

        return sum;
    }

    private static void AddErrors(
        in GraphBackwardParameters trial, in GraphPopulation population, int slot, long masks, int words, int first)
    {
        // As in the loops over all neurons: every neuron stays with its thread.
        int offset = (Group.IdxX - population.FirstNeuron % Group.DimX + Group.DimX) % Group.DimX;
        for (int unit = offset; unit < population.Units; unit += Group.DimX)
        {
            int bits = trial.State.Masks.Bits[masks + unit / 32];
            int bit = 1 << (unit % 32);
            if ((bits & bit) == 0)
            {
                continue;
            }

            int rank = trial.State.Masks.Count(masks, unit / 32) + IntrinsicMath.PopCount(bits & (bit - 1)) - first;
            if (rank < 0 || rank >= SpikesPerRound)
            {
                continue;
            }

            float sum = 0;
            for (int lane = 0; lane < trial.Lanes; lane++)
            {
                sum += trial.State.Parts[(long)slot * GraphStateViews.PartsOfSlot + rank * MaximumLanes + lane];
            }

            // On a tape that is too short the newest spike is missing; the batch is repeated anyway.
            int neuron = population.FirstNeuron + unit;
            int unread = trial.State.Counters[GraphAdjoint.CounterAt(trial, slot, 0, neuron)];
            if (unread >= 0)
            {
                trial.State.Tape.Error[trial.State.Tape.First(slot, neuron) + unread] += sum;
            }
        }
    }
}
