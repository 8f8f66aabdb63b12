using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What arrives at a layer step by step, and the weights through which it arrives.</summary>
/// <remarks>Rows are added in ascending order within a step: the same sum, bit for bit, as the CPU engine's.</remarks>
internal readonly struct Arrivals
{
    public required ArrivalKind Kind { get; init; }

    /// <summary>Number of steps of a trial.</summary>
    public required int Steps { get; init; }

    /// <summary>Number of neurons of the layer; the distance between two rows of the weights.</summary>
    public required int Columns { get; init; }

    /// <summary>Weights of shape [row, column].</summary>
    public required ArrayView<float> Weights { get; init; }

    /// <summary>Which example of the data set each slot of the batch holds, shape [slot]; for input events.</summary>
    public required ArrayView<int> Example { get; init; }

    /// <summary>The input data set; for input events.</summary>
    public required EventViews Input { get; init; }

    /// <summary>Spikes of the layer before; for spikes.</summary>
    public required MaskViews Masks { get; init; }

    /// <summary>The current with the rows of all spikes that arrive at a step added, one after the other.</summary>
    public float AddTo(float current, int slot, int step, int column)
    {
        if (Kind == ArrivalKind.Spikes)
        {
            return AddSpikes(current, slot, step, column);
        }

        if (Kind == ArrivalKind.ConstantCurrent)
        {
            return current;
        }

        int example = Example[slot];
        long first = Input.FirstEvent[example];
        long segment = (long)example * Steps + step;
        int begin = step == 0 ? 0 : Input.SegmentEnd[segment - 1];
        return AddEvents(current, first + begin, first + Input.SegmentEnd[segment], column);
    }

    /// <summary>The current that a constant input adds at every step; 0 for spikes.</summary>
    /// <param name="slot">Slot of the batch.</param>
    /// <param name="column">Neuron.</param>
    /// <param name="gain">Kick per unit of current.</param>
    public float ConstantDrive(int slot, int column, float gain)
    {
        if (Kind != ArrivalKind.ConstantCurrent)
        {
            return 0;
        }

        int example = Example[slot];
        long first = Input.FirstEvent[example];
        return AddEvents(0, first, first + Input.SegmentEnd[example], column) * gain;
    }

    private float AddSpikes(float current, int slot, int step, int column)
    {
        long at = Masks.At(slot, step);
        for (int word = 0; word < Masks.Words; word++)
        {
            current = AddRows(current, Masks.Bits[at + word], 32 * word, Weights, Columns, column);
        }

        return current;
    }

    /// <summary>The current with one row added for each bit of a mask.</summary>
    /// <param name="current">Where the sum begins.</param>
    /// <param name="bits">Bit n stands for row <paramref name="firstRow"/> + n.</param>
    /// <param name="firstRow">Row of bit 0.</param>
    /// <param name="weights">Shape [row, column].</param>
    /// <param name="columns">Distance between two rows.</param>
    /// <param name="column">Which element of the rows.</param>
    public static float AddRows(
        float current, int bits, int firstRow, ArrayView<float> weights, int columns, int column)
    {
        while (bits != 0)
        {
            float first = weights[(long)(firstRow + MaskViews.LowestBit(bits)) * columns + column];
            bits &= bits - 1;
            if (bits == 0)
            {
                return current + first;
            }

            // Two loads on the way at once: their latency is what the loop waits for.
            float second = weights[(long)(firstRow + MaskViews.LowestBit(bits)) * columns + column];
            bits &= bits - 1;
            current += first;
            current += second;
        }

        return current;
    }

    private float AddEvents(float current, long k, long end, int column)
    {
        // Four loads on the way at once, added in the order of the events.
        for (; k + 4 <= end; k += 4)
        {
            float first = Kick(k, column);
            float second = Kick(k + 1, column);
            float third = Kick(k + 2, column);
            float fourth = Kick(k + 3, column);
            current += first;
            current += second;
            current += third;
            current += fourth;
        }

        for (; k < end; k++)
        {
            current += Kick(k, column);
        }

        return current;
    }

    private float Kick(long k, int column)
    {
        float weight = Weights[(long)Input.Channel[k] * Columns + column];
        return Kind == ArrivalKind.Events || Input.HasValues == 0 ? weight : Input.Value[k] * weight;
    }
}
