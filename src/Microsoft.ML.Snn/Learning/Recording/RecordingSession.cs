using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning.Recording;

/// <summary>Runs the trials that recorders want, each once for all of them.</summary>
internal sealed class RecordingSession : IDisposable
{
    private readonly TrialRunner _runner;
    private readonly IReadOnlyList<SnnRecorder> _recorders;
    private readonly List<StateTrack> _tracks = [];
    private readonly int[] _firstTrack;
    private readonly float[] _scores;

    /// <summary>Begins a recording.</summary>
    /// <param name="program">The network, with the synapses that it has now.</param>
    /// <param name="weights">Its weights now; they are not changed while the session lasts.</param>
    /// <param name="runner">Runs the network with those weights; it is taken over.</param>
    /// <param name="recorders">Who wants to know.</param>
    /// <param name="moment">When in a training.</param>
    /// <exception cref="ArgumentException">A recorder asks for what the network has not.</exception>
    public RecordingSession(
        NetworkProgram program, NetworkWeights weights, TrialRunner runner, IReadOnlyList<SnnRecorder> recorders, RecordingMoment moment)
    {
        (_runner, _recorders) = (runner, recorders);
        _firstTrack = new int[recorders.Count];
        _scores = new float[program.Output.ScoresFor(program.Steps)];
        EndExample = recorders.Max(recorder => recorder.ExampleRange.End);
        foreach (SnnRecorder recorder in recorders)
        {
            recorder.Begin(program, weights, runner, moment);
        }
    }

    /// <summary>After which example nobody wants to know more.</summary>
    public long EndExample { get; }

    /// <summary>Runs a trial if some recorder wants it.</summary>
    /// <param name="trains">The input.</param>
    /// <param name="index">Which of it.</param>
    /// <param name="example">Number of the row that it is of.</param>
    public void Record(SpikeTrains trains, int index, long example)
    {
        bool isWanted = false;
        _tracks.Clear();
        for (int n = 0; n < _recorders.Count; n++)
        {
            _firstTrack[n] = _tracks.Count;
            if (Wants(n, example))
            {
                isWanted = true;
                _recorders[n].AddTracks(_tracks);
            }
        }

        if (!isWanted)
        {
            return;
        }

        _runner.Run(trains, index, _tracks, _scores);
        for (int n = 0; n < _recorders.Count; n++)
        {
            if (Wants(n, example))
            {
                _recorders[n].Take(new RecordedTrial(_runner, trains, index, example, _tracks, _firstTrack[n]));
            }
        }
    }

    /// <summary>Checks that the rows were enough.</summary>
    /// <exception cref="ArgumentException">A recorder wants to begin after them.</exception>
    public void CheckExamples(long rows)
    {
        foreach (SnnRecorder recorder in _recorders)
        {
            (long first, long end) = recorder.ExampleRange;
            if (end > first && first >= rows)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"The data must have the rows that are to be recorded, from {first} on, but has {rows}. Change examples."), nameof(rows));
            }
        }
    }

    /// <exception cref="InvalidOperationException">More would be kept than the recorder may.</exception>
    public static void CheckMemory(long values, long maximum, string what)
    {
        if (values > maximum)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"A recorder must keep at most {maximum} {what}, but has {values}. Ask for fewer neurons, examples, times or epochs, or raise MaximumValues."));
        }
    }

    public void Dispose() => _runner.Dispose();

    private bool Wants(int recorder, long example)
    {
        (long first, long end) = _recorders[recorder].ExampleRange;
        return example >= first && example < end;
    }
}
