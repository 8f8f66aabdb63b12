using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Runs one trial at a time and shows what happened inside. Not thread-safe; all share the weights.</summary>
/// <remarks>
/// Spikes and scores are those that a <see cref="NetworkScorer"/> finds, bit for bit: the same pass makes them. Scorers themselves know
/// nothing of recording, and so pay nothing for it.
/// </remarks>
internal abstract class TrialRunner(NetworkProgram program) : IDisposable
{
    public NetworkProgram Program { get; } = program;

    /// <summary>Whether a population has a variable.</summary>
    public abstract bool Has(int population, StateVariable variable);

    /// <summary>Runs one example.</summary>
    /// <param name="trains">The examples, of the network's size.</param>
    /// <param name="example">Which of them.</param>
    /// <param name="tracks">What to keep of the states; each population must have the variable.</param>
    /// <param name="scores">Receives the scores as a <see cref="NetworkScorer"/> gives them.</param>
    public abstract void Run(SpikeTrains trains, int example, IReadOnlyList<StateTrack> tracks, Span<float> scores);

    /// <summary>Adds the spikes of a population in the last trial, in order of time.</summary>
    public abstract void CopySpikes(int population, List<RecordedSpike> spikes);

    /// <summary>Adds the spikes that arrive at an input of the network; a constant current has none.</summary>
    public void CopyInput(SpikeTrains trains, int example, int input, List<RecordedSpike> spikes)
    {
        if (trains.IsConstantCurrent)
        {
            return;
        }

        InputProgram part = Program.Inputs[input];
        ReadOnlySpan<int> channels = trains.ChannelsOf(example);
        ReadOnlySpan<int> ends = trains.SegmentEnds(example);
        for (int segment = 0, k = 0; segment < ends.Length; segment++)
        {
            for (; k < ends[segment]; k++)
            {
                int channel = channels[k] - part.FirstChannel;
                double time = trains.IsSpikeTimes ? trains.ValuesOf(example)[k] : segment * Program.TimeStep;
                if (channel >= 0 && channel < part.Channels && time <= Program.Duration)
                {
                    spikes.Add(new RecordedSpike(time, channel));
                }
            }
        }
    }

    public abstract void Dispose();
}
