using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>A data set in device memory: uploaded once, read by every batch.</summary>
/// <remarks>For training each example is there twice, sorted by time and by channel; for scoring only by time.</remarks>
internal sealed class DeviceTrains : IDisposable
{
    private readonly DeviceBuffer<long> _firstEvent;
    private readonly DeviceBuffer<int> _segmentEnd;
    private readonly DeviceBuffer<int> _channel;
    private readonly DeviceBuffer<float> _value;
    private readonly DeviceBuffer<int> _sortedChannel;
    private readonly DeviceBuffer<int> _sortedSegment;
    private readonly DeviceBuffer<float> _sortedValue;
    private readonly bool _forTraining;

    public DeviceTrains(Accelerator accelerator, SpikeTrains trains, bool forTraining)
    {
        _forTraining = forTraining;
        _firstEvent = new DeviceBuffer<long>(accelerator);
        _segmentEnd = new DeviceBuffer<int>(accelerator);
        _channel = new DeviceBuffer<int>(accelerator);
        _value = new DeviceBuffer<float>(accelerator);
        _sortedChannel = new DeviceBuffer<int>(accelerator);
        _sortedSegment = new DeviceBuffer<int>(accelerator);
        _sortedValue = new DeviceBuffer<float>(accelerator);
        Load(trains);
    }

    public SpikeTrains Source { get; private set; }

    /// <summary>Takes another data set in place of the one that was there; memory only grows.</summary>
    [MemberNotNull(nameof(Source))]
    public void Load(SpikeTrains trains)
    {
        Source = trains;
        UploadByTime();
        if (_forTraining)
        {
            UploadByChannel();
        }
    }

    public EventViews Views => new()
    {
        FirstEvent = _firstEvent.View,
        SegmentEnd = _segmentEnd.View,
        Channel = _channel.View,
        Value = _value.View,
        SortedChannel = _sortedChannel.View,
        SortedSegment = _sortedSegment.View,
        SortedValue = _sortedValue.View,
        HasValues = Source.HasValues ? 1 : 0,
    };

    public void Dispose()
    {
        _firstEvent.Dispose();
        _segmentEnd.Dispose();
        _channel.Dispose();
        _value.Dispose();
        _sortedChannel.Dispose();
        _sortedSegment.Dispose();
        _sortedValue.Dispose();
    }

    private long[] FirstEvents()
    {
        var first = new long[Source.Count + 1];
        for (int example = 0; example < Source.Count; example++)
        {
            first[example + 1] = first[example] + Source.ChannelsOf(example).Length;
        }

        return first;
    }

    private void UploadByTime()
    {
        long[] first = FirstEvents();
        var segmentEnd = new int[(long)Source.Count * Source.Segments];
        var channel = new int[Source.EventCount];
        var value = new float[Source.HasValues ? Source.EventCount : 0];
        for (int example = 0; example < Source.Count; example++)
        {
            Source.SegmentEnds(example).CopyTo(segmentEnd.AsSpan(example * Source.Segments));
            Source.ChannelsOf(example).CopyTo(channel.AsSpan((int)first[example]));
            Source.ValuesOf(example).CopyTo(value.AsSpan(Source.HasValues ? (int)first[example] : 0));
        }

        _firstEvent.Upload(first);
        _segmentEnd.Upload(segmentEnd);
        _channel.Upload(channel);
        _value.Upload(value);
    }

    private void UploadByChannel()
    {
        long[] first = FirstEvents();
        var channel = new int[Source.EventCount];
        var segment = new int[Source.EventCount];
        var value = new float[Source.HasValues ? Source.EventCount : 0];
        Parallel.For(0, Source.Count, example =>
        {
            int at = (int)first[example];
            int count = Source.ChannelsOf(example).Length;
            Sort(example, channel.AsSpan(at, count), segment.AsSpan(at, count), Source.HasValues ? value.AsSpan(at, count) : default);
        });
        _sortedChannel.Upload(channel);
        _sortedSegment.Upload(segment);
        _sortedValue.Upload(value);
    }

    private void Sort(int example, Span<int> channel, Span<int> segment, Span<float> value)
    {
        ReadOnlySpan<int> channels = Source.ChannelsOf(example);
        ReadOnlySpan<int> ends = Source.SegmentEnds(example);
        ReadOnlySpan<float> values = Source.ValuesOf(example);
        var key = new long[channels.Length];
        var time = new int[channels.Length];
        int step = 0;
        for (int k = 0; k < key.Length; k++)
        {
            while (k >= ends[step])
            {
                step++;
            }

            // The place in time breaks ties: each channel's events stay in the order of the CPU engine.
            key[k] = ((long)channels[k] << 32) | (uint)k;
            time[k] = step;
        }

        Array.Sort(key);
        for (int k = 0; k < key.Length; k++)
        {
            int from = (int)(key[k] & int.MaxValue);
            channel[k] = channels[from];
            segment[k] = time[from];
            if (!values.IsEmpty)
            {
                value[k] = values[from];
            }
        }
    }
}
