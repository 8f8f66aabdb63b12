using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>A data set of input events in device memory, each example sorted by time and a second time by channel.</summary>
internal readonly struct EventViews
{
    /// <summary>Where each example's events begin, shape [example + 1].</summary>
    public required ArrayView<long> FirstEvent { get; init; }

    /// <summary>Where each segment ends, counted from the example's first event. Shape [example, segment].</summary>
    public required ArrayView<int> SegmentEnd { get; init; }

    /// <summary>Channel of each event, sorted by time. Shape [event].</summary>
    public required ArrayView<int> Channel { get; init; }

    /// <summary>Value of each event, sorted by time. Shape [event].</summary>
    public required ArrayView<float> Value { get; init; }

    /// <summary>Channel of each event, sorted by channel, then time. Shape [event].</summary>
    public required ArrayView<int> SortedChannel { get; init; }

    /// <summary>Segment of each event, sorted by channel, then time. Shape [event].</summary>
    public required ArrayView<int> SortedSegment { get; init; }

    /// <summary>Value of each event, sorted by channel, then time. Shape [event].</summary>
    public required ArrayView<float> SortedValue { get; init; }

    /// <summary>1 where events have values, 0 where all are 1 and the views of values are empty.</summary>
    public required int HasValues { get; init; }

    /// <summary>Value of an event in the order of time.</summary>
    public float ValueOf(long k) => HasValues == 0 ? 1 : Value[k];

    /// <summary>Which events an example has at a step, in the order of time.</summary>
    /// <param name="example">The example.</param>
    /// <param name="step">The step.</param>
    /// <param name="steps">Number of steps of a trial.</param>
    /// <param name="first">Index of the first event.</param>
    /// <param name="end">Index after the last one.</param>
    public void Range(int example, int step, int steps, out long first, out long end)
    {
        long segment = (long)example * steps + step;
        long begin = FirstEvent[example];
        first = begin + (step == 0 ? 0 : SegmentEnd[segment - 1]);
        end = begin + SegmentEnd[segment];
    }

    /// <summary>The value of a channel among the events of one step, which are sorted by channel; 0 where it has none.</summary>
    public float Find(long first, long end, int channel)
    {
        while (first < end)
        {
            long middle = (first + end) >> 1;
            int found = Channel[middle];
            if (found == channel)
            {
                return ValueOf(middle);
            }

            if (found < channel)
            {
                first = middle + 1;
            }
            else
            {
                end = middle;
            }
        }

        return 0;
    }

    /// <summary>Index of the first event of an example, sorted by channel, whose channel is not below <paramref name="channel"/>.</summary>
    public long FirstOfChannel(int example, int channel)
    {
        long low = FirstEvent[example];
        long high = FirstEvent[example + 1];
        while (low < high)
        {
            long middle = (low + high) >> 1;
            if (SortedChannel[middle] < channel)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
