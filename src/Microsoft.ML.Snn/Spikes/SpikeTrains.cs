using System;

namespace Microsoft.ML.Snn.Spikes;

/// <summary>The input of many examples: spikes sorted by example, then step, then channel. Immutable.</summary>
/// <remarks>
/// <para>An event is (step, channel, value): a spike of multiplicity or current <c>value</c>. Where every value is 1,
/// no values are stored.</para>
/// <para>A plain feature vector is held in the same form with <see cref="IsConstantCurrent"/> set: one segment per
/// example whose events are present at every step. Its cost is one pass over the features, not one per step.</para>
/// <para>Spikes off any grid are held in that form too, with <see cref="IsSpikeTimes"/> set.</para>
/// <para>The arrays are pinned, so that the loops can walk them with pointers. Safe for any number of readers.</para>
/// </remarks>
internal sealed class SpikeTrains
{
    private readonly long[] _firstEvent;
    private readonly int[] _segmentEnd;
    private readonly int[] _channel;
    private readonly float[]? _value;
    private readonly int[]? _steps;

    internal SpikeTrains(
        int count, int steps, int channels, bool isConstantCurrent, bool isSpikeTimes,
        long[] firstEvent, int[] segmentEnd, int[] channel, float[]? value, int? stepsAfterLastSpike = null, int[]? ownSteps = null)
    {
        StepsAfterLastSpike = stepsAfterLastSpike;
        _steps = ownSteps;

        Count = count;
        Steps = steps;
        Channels = channels;
        IsConstantCurrent = isConstantCurrent;
        IsSpikeTimes = isSpikeTimes;
        _firstEvent = firstEvent;
        _segmentEnd = segmentEnd;
        _channel = channel;
        _value = value;
    }

    /// <summary>Number of examples.</summary>
    public int Count { get; }

    /// <summary>Number of time steps of a trial; the most that one has where every example has its own number.</summary>
    public int Steps { get; }

    /// <summary>How many steps an example goes on after its last spike, or null where all have the same number of steps.</summary>
    public int? StepsAfterLastSpike { get; }

    /// <summary>Number of time steps of one example.</summary>
    public int StepsOf(int example) => _steps == null ? Steps : _steps[example];

    /// <summary>Number of input channels.</summary>
    public int Channels { get; }

    /// <summary>Whether each example is one vector of currents, the same at every step, instead of spikes.</summary>
    public bool IsConstantCurrent { get; }

    /// <summary>Whether the value of an event is the time of its spike in milliseconds; the events of an example are then in order of time.</summary>
    public bool IsSpikeTimes { get; }

    /// <summary>Whether some event has a value other than 1.</summary>
    public bool HasValues => _value != null;

    /// <summary>Number of lists of events per example: one per step, or one in all for a constant current and for spike times.</summary>
    public int Segments => IsConstantCurrent || IsSpikeTimes ? 1 : Steps;

    /// <summary>Number of events of all examples.</summary>
    public long EventCount => _firstEvent[Count];

    /// <summary>Where each segment ends, counted from the example's first event. Shape [segment].</summary>
    public ReadOnlySpan<int> SegmentEnds(int example) =>
        _segmentEnd.AsSpan(checked((int)((long)example * Segments)), Segments);

    /// <summary>Channels of one example's events.</summary>
    public ReadOnlySpan<int> ChannelsOf(int example) =>
        _channel.AsSpan((int)_firstEvent[example], (int)(_firstEvent[example + 1] - _firstEvent[example]));

    /// <summary>Values of one example's events; empty where all are 1.</summary>
    public ReadOnlySpan<float> ValuesOf(int example) => _value == null
        ? default
        : _value.AsSpan((int)_firstEvent[example], (int)(_firstEvent[example + 1] - _firstEvent[example]));

    /// <summary>Sum of the absolute values and of the squares of one example's events, as means over the examples.</summary>
    public (double Sum, double SumOfSquares) MeanInput()
    {
        if (_value == null || IsSpikeTimes)
        {
            double mean = (double)EventCount / Math.Max(1, Count);
            return (mean, mean);
        }

        double sum = 0, squares = 0;
        for (long k = 0; k < EventCount; k++)
        {
            sum += Math.Abs(_value[k]);
            squares += (double)_value[k] * _value[k];
        }

        return (sum / Math.Max(1, Count), squares / Math.Max(1, Count));
    }
}
