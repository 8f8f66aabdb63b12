using System;
using System.Globalization;
using System.IO;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What was pushed into the step that comes next: one value per channel, in any order.</summary>
internal sealed class StepEvents
{
    private readonly float[] _value;
    private readonly bool[] _isThere;
    private readonly int[] _pushed;
    private readonly int[] _channel;
    private readonly float[] _sorted;
    private int _pushedCount;
    private int _count;
    private bool _areOnes;

    public StepEvents(int channels)
    {
        _value = new float[channels];
        _isThere = new bool[channels];
        _pushed = new int[channels];
        _channel = new int[channels];
        _sorted = new float[channels];
    }

    /// <summary>Channels of the events that <see cref="Sort"/> found, ascending.</summary>
    public ReadOnlySpan<int> Channels => _channel.AsSpan(0, _count);

    /// <summary>Values of the events, or empty where all are 1.</summary>
    public ReadOnlySpan<float> Values => _areOnes ? default : _sorted.AsSpan(0, _count);

    /// <summary>Values of the events, always.</summary>
    public ReadOnlySpan<float> AllValues => _sorted.AsSpan(0, _count);

    /// <summary>Adds to a channel.</summary>
    public void Add(int channel, float value)
    {
        Check(channel, value);
        Note(channel);
        _value[channel] += value;
    }

    /// <summary>Gives a channel a value in place of its own.</summary>
    public void Set(int channel, float value)
    {
        Check(channel, value);
        Note(channel);
        _value[channel] = value;
    }

    public void CheckLength(int length)
    {
        if (length != _value.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"A sample must have one value for each of the {_value.Length} channels, but has {length}. Use 0 for silent channels."), nameof(length));
        }
    }

    /// <summary>Puts what was pushed in the order in which a batch has it; zeros are no events.</summary>
    public void Sort()
    {
        Span<int> pushed = _pushed.AsSpan(0, _pushedCount);
        pushed.Sort();
        _count = 0;
        _areOnes = true;
        foreach (int channel in pushed)
        {
            float value = _value[channel];
            if (value != 0)
            {
                (_channel[_count], _sorted[_count]) = (channel, value);
                _areOnes &= value == 1;
                _count++;
            }
        }
    }

    public void Clear()
    {
        foreach (int channel in _pushed.AsSpan(0, _pushedCount))
        {
            (_value[channel], _isThere[channel]) = (0, false);
        }

        _pushedCount = 0;
        _count = 0;
    }

    public void Write(BinaryWriter writer)
    {
        Sort();
        writer.Write(_count);
        StateStream.Write(writer, Channels);
        StateStream.Write(writer, AllValues);
    }

    public void Read(BinaryReader reader)
    {
        Clear();
        int count = reader.ReadInt32();
        if (count < 0 || count > _value.Length)
        {
            throw new InvalidDataException("The state must be of this network, but has more channels. Save it again from its source.");
        }

        StateStream.Read(reader, _channel.AsSpan(0, count));
        StateStream.Read(reader, _sorted.AsSpan(0, count));
        for (int n = 0; n < count; n++)
        {
            Add(_channel[n], _sorted[n]);
        }
    }

    private void Note(int channel)
    {
        if (!_isThere[channel])
        {
            _isThere[channel] = true;
            _pushed[_pushedCount++] = channel;
        }
    }

    private void Check(int channel, float value)
    {
        if ((uint)channel >= (uint)_value.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(channel), channel, string.Create(
                CultureInfo.InvariantCulture,
                $"The channel must be 0 to {_value.Length - 1}, but was {channel}. Encode events as the training data was."));
        }

        if (!float.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, string.Create(
                CultureInfo.InvariantCulture,
                $"The value of channel {channel} must be a finite number, but was {value}. Leave the event out, or use 0."));
        }
    }
}
