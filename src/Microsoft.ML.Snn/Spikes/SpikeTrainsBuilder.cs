using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Spikes;

/// <summary>Collects examples into a <see cref="SpikeTrains"/>.</summary>
/// <param name="steps">Number of time steps of a trial.</param>
/// <param name="channels">Number of input channels.</param>
/// <param name="isConstantCurrent">Whether an example is one vector of currents instead of spikes over time.</param>
/// <param name="columnName">Where the examples come from, for messages.</param>
/// <param name="isSpikeTimes">Whether an example is one spike time per channel, in milliseconds; NaN or infinity is no spike.</param>
/// <param name="stepsAfterLastSpike">How many steps an example goes on after its last spike, or null where all go on to the last step.</param>
internal sealed class SpikeTrainsBuilder(
    int steps, int channels, bool isConstantCurrent, string columnName = "Features", bool isSpikeTimes = false, int? stepsAfterLastSpike = null)
{
    private readonly int _segments = isConstantCurrent || isSpikeTimes ? 1 : steps;

    private int _count;
    private long _taken;
    private long[] _firstEvent = new long[1024];
    private int[] _segmentEnd = [];
    private int[] _channel = [];
    private float[]? _value;
    private int[] _ownSteps = [];
    private long _events;

    /// <summary>Number of slots of a row.</summary>
    private long Slots => (long)_segments * channels;

    /// <summary>Number of examples so far.</summary>
    public int Count => _count;

    /// <summary>Checks that the row that comes next is as long as its column says: a row of another length would be read as if it were.</summary>
    /// <param name="length">Number of slots of the row.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public void CheckLength(int length)
    {
        if (length != Slots)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Every row of column '{columnName}' must have {Slots} values, as the type of the column says, but row {_taken + _count} has {length}. ")
                + "Fill it up, or drop it.");
        }
    }

    /// <summary>Adds one example given as sparse slots of a spike train column.</summary>
    /// <param name="slots">Ascending slot indices, slot = segment · channels + channel.</param>
    /// <param name="values">Value of each slot; zeros are left out.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite, or a spike time below 0.</exception>
    public void Add(ReadOnlySpan<int> slots, ReadOnlySpan<float> values)
    {
        if (isSpikeTimes)
        {
            // What a sparse vector leaves out is 0, and a spike at 0 is a spike.
            Reserve(channels);
            for (int channel = 0, k = 0; channel < channels; channel++)
            {
                AppendTime(channel, k < slots.Length && slots[k] == channel ? values[k++] : 0);
            }

            EndTimes();
            return;
        }

        Reserve(slots.Length);
        int segment = 0;
        for (int k = 0; k < slots.Length; k++)
        {
            if (values[k] != 0)
            {
                int at = slots[k] / channels;
                EndSegments(ref segment, at);
                Append(slots[k] - at * channels, values[k]);
            }
        }

        EndExample(segment);
    }

    /// <summary>Adds one example given as all its slots in order.</summary>
    /// <param name="values">Shape [segment, channel]; zeros are left out.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite, or a spike time below 0.</exception>
    public void AddDense(ReadOnlySpan<float> values)
    {
        Reserve(values.Length);
        if (isSpikeTimes)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                AppendTime(channel, values[channel]);
            }

            EndTimes();
            return;
        }

        int slot = 0;
        for (int segment = 0; segment < _segments; segment++)
        {
            for (int channel = 0; channel < channels; channel++, slot++)
            {
                if (values[slot] != 0)
                {
                    Append(channel, values[slot]);
                }
            }

            _segmentEnd[(long)_count * _segments + segment] = ExampleEvents();
        }

        EndExample(_segments);
    }

    /// <summary>The collected examples; the builder starts again empty.</summary>
    /// <remarks>
    /// They share the builder's memory: a caller that scores batch after batch allocates nothing, and whoever keeps
    /// them does not add to the same builder again.
    /// </remarks>
    public SpikeTrains ToSpikeTrains()
    {
        var trains = new SpikeTrains(
            _count, steps, channels, isConstantCurrent, isSpikeTimes, _firstEvent, _segmentEnd, _channel, _value,
            stepsAfterLastSpike, stepsAfterLastSpike == null ? null : _ownSteps);
        _taken += _count;
        _count = 0;
        _events = 0;
        return trains;
    }

    private int ExampleEvents() => (int)(_events - _firstEvent[_count]);

    private void AppendTime(int channel, float time)
    {
        if (time < 0 && float.IsFinite(time))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Column '{columnName}' must hold spike times of 0 or more milliseconds, but channel {channel} of row {_taken + _count} is {time}. ")
                + "Shift the times so that the trial begins at 0; NaN or infinity stands for no spike.");
        }

        if (float.IsFinite(time))
        {
            // Every event has a value here, the first one included.
            _value ??= GC.AllocateUninitializedArray<float>(_channel.Length, pinned: true);
            _channel[_events] = channel;
            _value[_events++] = time;
        }
    }

    private void EndTimes()
    {
        int first = (int)_firstEvent[_count];
        int count = ExampleEvents();
        if (count > 0)
        {
            MemoryExtensions.Sort(_value.AsSpan(first, count), _channel.AsSpan(first, count));
        }

        EndExample(0);
    }

    private void Append(int channel, float value)
    {
        if (!float.IsFinite(value))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Column '{columnName}' must hold finite numbers, but channel {channel} of row {_taken + _count} is {value}. ")
                + "Append mlContext.Transforms.ReplaceMissingValues before this step, or drop such rows with "
                + "mlContext.Data.FilterRowsByMissingValues.");
        }

        if (value != 1 && _value == null)
        {
            _value = GC.AllocateUninitializedArray<float>(_channel.Length, pinned: true);
            _value.AsSpan(0, (int)_events).Fill(1);
        }

        _channel[_events] = channel;
        if (_value != null)
        {
            _value[_events] = value;
        }

        _events++;
    }

    private void EndSegments(ref int segment, int upTo)
    {
        for (; segment < upTo; segment++)
        {
            _segmentEnd[(long)_count * _segments + segment] = ExampleEvents();
        }
    }

    private void EndExample(int segment)
    {
        EndSegments(ref segment, _segments);
        if (stepsAfterLastSpike is int more)
        {
            Grow(ref _ownSteps, _count + 1);
            _ownSteps[_count] = (int)Math.Clamp((long)LastStep() + 1 + more, 1, steps);
        }

        _count++;
        _firstEvent[_count] = _events;
    }

    /// <summary>The step of the last event of the example that ends, or -1 where it has none.</summary>
    private int LastStep()
    {
        int events = ExampleEvents();
        return events == 0 ? -1 : _segmentEnd.AsSpan((int)((long)_count * _segments), _segments).IndexOf(events);
    }

    private void Reserve(int newEvents)
    {
        // What an example left behind that was refused half-way does not belong to the next one.
        _events = _firstEvent[_count];
        if (_count + 2 > _firstEvent.Length)
        {
            Array.Resize(ref _firstEvent, 2 * _firstEvent.Length);
        }

        Grow(ref _segmentEnd, (long)(_count + 1) * _segments);
        Grow(ref _channel, _events + newEvents);
        if (_value != null)
        {
            Grow(ref _value, _channel.Length);
        }
    }

    private static void Grow<T>(ref T[] array, long needed)
    {
        if (needed <= array.Length)
        {
            return;
        }

        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The data must have at most {Array.MaxLength} events in memory, but has more. ")
                + "Use fewer rows, or encode with fewer spikes or time steps.");
        }

        long capacity = Math.Min(Array.MaxLength, Math.Max(needed, Math.Max(1024, 2L * array.Length)));
        T[] larger = GC.AllocateUninitializedArray<T>((int)capacity, pinned: true);
        array.CopyTo(larger, 0);
        array = larger;
    }
}
