using System;

namespace Microsoft.ML.Snn.Spikes;

/// <summary>The spikes of one example while they are changed: any order, any number; memory is kept for the next example.</summary>
internal sealed class SpikeEdit(int steps, int channels)
{
    private int[] _step = new int[256];
    private int[] _channel = new int[256];
    private float[] _value = new float[256];
    private int[] _slot = [];

    public int Steps => steps;

    public int Channels => channels;

    public int Count { get; private set; }

    public Span<int> Step => _step.AsSpan(0, Count);

    public Span<int> Channel => _channel.AsSpan(0, Count);

    public Span<float> Value => _value.AsSpan(0, Count);

    /// <summary>Takes an example in place of what was there.</summary>
    public void Load(SpikeTrains trains, int example)
    {
        Count = 0;
        ReadOnlySpan<int> channel = trains.ChannelsOf(example);
        ReadOnlySpan<float> value = trains.ValuesOf(example);
        ReadOnlySpan<int> ends = trains.SegmentEnds(example);
        for (int n = 0, step = 0; n < channel.Length; n++)
        {
            while (n >= ends[step])
            {
                step++;
            }

            Add(step, channel[n], value.IsEmpty ? 1 : value[n]);
        }
    }

    /// <summary>Adds a spike, unless it is outside of the trial or the channels.</summary>
    public void Add(int step, int channel, float value)
    {
        if ((uint)step >= (uint)steps || (uint)channel >= (uint)channels)
        {
            return;
        }

        if (Count == _step.Length)
        {
            Array.Resize(ref _step, 2 * Count);
            Array.Resize(ref _channel, 2 * Count);
            Array.Resize(ref _value, 2 * Count);
        }

        (_step[Count], _channel[Count], _value[Count]) = (step, channel, value);
        Count++;
    }

    /// <summary>Forgets the spikes for which <paramref name="keeps"/> is false; the others keep their order.</summary>
    public void Keep(ReadOnlySpan<bool> keeps)
    {
        int kept = 0;
        for (int n = 0; n < keeps.Length; n++)
        {
            if (keeps[n])
            {
                (_step[kept], _channel[kept], _value[kept]) = (_step[n], _channel[n], _value[n]);
                kept++;
            }
        }

        Count = kept;
    }

    /// <summary>Adds the example to a builder, sorted.</summary>
    /// <remarks>Two spikes of one channel and step stay two: together they weigh what they did.</remarks>
    public void AddTo(SpikeTrainsBuilder builder)
    {
        if (_slot.Length < _step.Length)
        {
            _slot = new int[_step.Length];
        }

        Span<int> slot = _slot.AsSpan(0, Count);
        bool isSorted = true;
        for (int n = 0; n < Count; n++)
        {
            slot[n] = _step[n] * channels + _channel[n];
            isSorted &= n == 0 || slot[n] >= slot[n - 1];
        }

        if (!isSorted)
        {
            slot.Sort(Value);
        }

        builder.Add(slot, Value);
    }
}
