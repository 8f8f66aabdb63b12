using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Labelled examples as flat lists of spikes.</summary>
/// <remarks>The spikes of example e are at <c>Offsets[e]</c> to <c>Offsets[e + 1]</c> of the two lists, by channel.</remarks>
internal sealed class SpikeExamples
{
    private SpikeExamples(int channelCount, int[] labels, int[] offsets, short[] channels, short[] steps)
    {
        ChannelCount = channelCount;
        Labels = labels;
        Offsets = offsets;
        Channels = channels;
        Steps = steps;
    }

    /// <summary>Number of input neurons.</summary>
    public int ChannelCount { get; }

    /// <summary>Class of each example from 0, shape [example].</summary>
    public int[] Labels { get; }

    /// <summary>Index of each example's first spike, and the number of spikes at the end, shape [example + 1].</summary>
    public int[] Offsets { get; }

    /// <summary>Input neuron of each spike, shape [spike].</summary>
    public short[] Channels { get; }

    /// <summary>Simulation step of each spike, shape [spike].</summary>
    public short[] Steps { get; }

    /// <summary>Exact time of each spike in milliseconds, shape [spike]; null where there are steps only.</summary>
    public float[]? Times { get; private init; }

    /// <summary>Number of examples.</summary>
    public int Count => Labels.Length;

    /// <summary>Mean number of spikes of one example.</summary>
    public double SpikesPerExample => (double)Channels.Length / Count;

    /// <summary>Takes spikes as they are.</summary>
    /// <param name="channelCount">Number of input neurons.</param>
    /// <param name="labels">Class of each example, shape [example].</param>
    /// <param name="slots">Step · channels + channel of each spike of each example, ascending.</param>
    public static SpikeExamples Of(int channelCount, int[] labels, IReadOnlyList<IReadOnlyList<int>> slots)
    {
        var offsets = new int[labels.Length + 1];
        for (int example = 0; example < labels.Length; example++)
        {
            offsets[example + 1] = offsets[example] + slots[example].Count;
        }

        return new SpikeExamples(
            channelCount, labels, offsets,
            [.. slots.SelectMany(example => example.Select(slot => (short)(slot % channelCount)))],
            [.. slots.SelectMany(example => example.Select(slot => (short)(slot / channelCount)))]);
    }

    /// <summary>The same spikes beside further channels that never spike.</summary>
    public SpikeExamples WithChannels(int channelCount) => new(channelCount, Labels, Offsets, Channels, Steps);

    /// <summary>Encodes one example per label.</summary>
    /// <param name="channelCount">Number of input neurons.</param>
    /// <param name="labels">Class of each example, shape [example].</param>
    /// <param name="stepOf">Step of the spike of an example (first argument) and channel, negative for none.</param>
    public static SpikeExamples Encode(int channelCount, int[] labels, Func<int, int, int> stepOf)
    {
        var offsets = new int[labels.Length + 1];
        var channels = new short[labels.Length * channelCount];
        var steps = new short[labels.Length * channelCount];
        int count = 0;
        for (int example = 0; example < labels.Length; example++)
        {
            for (int channel = 0; channel < channelCount; channel++)
            {
                int step = stepOf(example, channel);
                if (step >= 0)
                {
                    channels[count] = (short)channel;
                    steps[count++] = (short)step;
                }
            }

            offsets[example + 1] = count;
        }

        Array.Resize(ref channels, count);
        Array.Resize(ref steps, count);
        return new SpikeExamples(channelCount, labels, offsets, channels, steps);
    }

    /// <summary>Encodes one spike per channel, at an exact time and at the nearest step; none where the trial ends before.</summary>
    /// <param name="channelCount">Number of input neurons.</param>
    /// <param name="labels">Class of each example, shape [example].</param>
    /// <param name="timeStep">Length of a step in milliseconds.</param>
    /// <param name="stepCount">Number of steps of a trial.</param>
    /// <param name="timeOf">Time of the spike of an example (first argument) and channel, in milliseconds.</param>
    public static SpikeExamples EncodeTimes(int channelCount, int[] labels, double timeStep, int stepCount, Func<int, int, double> timeOf)
    {
        int StepOf(int example, int channel) => (int)Math.Round(timeOf(example, channel) / timeStep) is int step && step < stepCount ? step : -1;
        SpikeExamples steps = Encode(channelCount, labels, StepOf);
        var times = new float[labels.Length * channelCount];
        for (int k = 0; k < times.Length; k++)
        {
            (int example, int channel) = Math.DivRem(k, channelCount);
            times[k] = StepOf(example, channel) < 0 ? float.NaN : (float)timeOf(example, channel);
        }

        return new SpikeExamples(channelCount, labels, steps.Offsets, steps.Channels, steps.Steps) { Times = times };
    }
}
