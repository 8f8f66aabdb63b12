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
