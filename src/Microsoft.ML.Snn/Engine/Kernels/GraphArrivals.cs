
namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What arrives at one neuron of a graph through one connection.</summary>
/// <remarks>
/// The thread of the postsynaptic neuron gathers: no two threads add to one current, and the order of the sum is that of
/// the rows. A dense connection is read by the rows that spiked; a list of synapses by target is looked through, and each
/// synapse asks whether its row spiked. So a step costs a dense connection its spikes and a sparse one its synapses.
/// </remarks>
internal static class GraphArrivals
{
    /// <summary>A sum with all added that arrives at a step.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="link">The connection.</param>
    /// <param name="slot">Slot of the batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="target">The neuron, counted within its population.</param>
    /// <param name="sum">Where the sum begins.</param>
    public static float AddTo(in GraphForwardParameters trial, in GraphLink link, int slot, int step, int target, float sum)
    {
        if (!link.IsDense)
        {
            return AddSynapses(trial, link, slot, step, target, sum);
        }

        // Where delays differ, what is sent now is added to the ring.
        int sent = link.Ring < 0 ? step - trial.Graph.Delays[link.Delays] : step;
        if (sent >= 0)
        {
            sum = link.IsInput != 0
                ? AddEvents(trial, link, slot, sent, target, sum)
                : AddSpikes(trial, link, slot, sent, target, sum);
        }

        if (link.Ring >= 0)
        {
            long at = RingAt(trial, link, slot, step, target);
            sum += trial.State.Ring[at];
            trial.State.Ring[at] = 0;
        }

        return sum;
    }

    /// <summary>Σ weight × feature of an input that is a constant current.</summary>
    public static float Constant(in GraphForwardParameters trial, in GraphLink link, int slot, int target)
    {
        float sum = 0;
        long first = trial.Input.FirstEvent[trial.Batch.Example[slot]];
        long end = first + trial.Input.SegmentEnd[trial.Batch.Example[slot]];
        if (link.IsDense)
        {
            for (long k = first; k < end; k++)
            {
                int row = trial.Input.Channel[k] - link.FirstRow;
                if (row >= 0 && row < link.Rows)
                {
                    sum += trial.Input.ValueOf(k) * trial.Graph.Weights[link.Weights + (long)row * link.Columns + target];
                }
            }

            return sum;
        }

        int list = link.ByTarget + target;
        for (int n = trial.Graph.Synapses.First[list]; n < trial.Graph.Synapses.First[list + 1]; n++)
        {
            float value = trial.Input.Find(first, end, link.FirstRow + trial.Graph.Synapses.Row[n]);
            sum += value * trial.Graph.Weights[link.Weights + trial.Graph.Synapses.Weight[n]];
        }

        return sum;
    }

    private static float AddSynapses(in GraphForwardParameters trial, in GraphLink link, int slot, int step, int target, float sum)
    {
        int list = link.ByTarget + target;
        int end = trial.Graph.Synapses.First[list + 1];
        for (int n = trial.Graph.Synapses.First[list]; n < end; n++)
        {
            int row = trial.Graph.Synapses.Row[n];
            int weight = trial.Graph.Synapses.Weight[n];
            int sent = step - trial.Graph.Delays[link.DelayOf(row, weight)];
            if (sent >= 0)
            {
                float value = Arrived(trial, link, slot, sent, row);
                sum += value == 0 ? 0 : value * trial.Graph.Weights[link.Weights + weight];
            }
        }

        return sum;
    }

    /// <summary>The value of what a row sent at a step, or 0.</summary>
    private static float Arrived(in GraphForwardParameters trial, in GraphLink link, int slot, int step, int row)
    {
        int source = link.FirstRow + row;
        if (link.IsInput == 0)
        {
            return (trial.State.Masks.Bits[trial.State.Masks.At(slot, step) + source / 32] >> (source % 32)) & 1;
        }

        trial.Input.Range(trial.Batch.Example[slot], step, trial.Graph.Steps, out long first, out long end);
        return first == end ? 0 : trial.Input.Find(first, end, source);
    }

    private static float AddEvents(in GraphForwardParameters trial, in GraphLink link, int slot, int sent, int target, float sum)
    {
        trial.Input.Range(trial.Batch.Example[slot], sent, trial.Graph.Steps, out long first, out long end);
        for (long k = first; k < end; k++)
        {
            int row = trial.Input.Channel[k] - link.FirstRow;
            if (row >= 0 && row < link.Rows)
            {
                sum = Add(trial, link, slot, sent, row, target, trial.Input.ValueOf(k), sum);
            }
        }

        return sum;
    }

    private static float AddSpikes(in GraphForwardParameters trial, in GraphLink link, int slot, int sent, int target, float sum)
    {
        long mask = trial.State.Masks.At(slot, sent) + link.FirstRow / 32;
        for (int word = 0; 32 * word < link.Rows; word++)
        {
            int bits = trial.State.Masks.Bits[mask + word];
            if (link.Ring < 0)
            {
                sum = Arrivals.AddRows(
                    sum, bits, 32 * word, trial.Graph.Weights.SubView(link.Weights, (long)link.Rows * link.Columns), link.Columns, target);
                continue;
            }

            for (; bits != 0; bits &= bits - 1)
            {
                sum = Add(trial, link, slot, sent, 32 * word + MaskViews.LowestBit(bits), target, 1, sum);
            }
        }

        return sum;
    }

    /// <summary>Adds one weight to the sum, or to the ring.</summary>
    private static float Add(
        in GraphForwardParameters trial, in GraphLink link, int slot, int sent, int row, int target, float value, float sum)
    {
        int weight = row * link.Columns + target;
        float kick = value * trial.Graph.Weights[link.Weights + weight];
        if (link.Ring < 0)
        {
            return sum + kick;
        }

        trial.State.Ring[RingAt(trial, link, slot, sent + trial.Graph.Delays[link.DelayOf(row, weight)], target)] += kick;
        return sum;
    }

    private static long RingAt(in GraphForwardParameters trial, in GraphLink link, int slot, int step, int target) =>
        (long)slot * trial.Graph.RingLength + link.Ring + (long)(step % link.RingSlots) * link.Columns + target;
}
