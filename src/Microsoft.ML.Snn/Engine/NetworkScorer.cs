using System;
using System.Globalization;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Runs a trained network forward, one example per thread at a time. Not thread-safe: each thread has its own, all share the weights.</summary>
internal abstract unsafe class NetworkScorer : IDisposable
{
    private readonly NetworkProgram _program;
    private readonly WorkerTeam _team;
    private readonly int _scoresPerExample;
    private readonly Action<int, int> _scoreOne;

    private SpikeTrains? _trains;
    private float* _scores;

    /// <summary>Takes over the team.</summary>
    private protected NetworkScorer(NetworkProgram program, WorkerTeam team)
    {
        (_program, _team, _scoresPerExample) = (program, team, program.ScoresPerExample);
        _scoreOne = ScoreOne;
    }

    /// <summary>Scores of every example: class probabilities, or outputs as they are where there are no classes.</summary>
    /// <param name="trains">The examples, of the network's size.</param>
    /// <param name="scores">Shape [example, output], or [example, step, output] for the readout of every step.</param>
    /// <exception cref="ArgumentException"><paramref name="scores"/> has another length.</exception>
    public void Score(SpikeTrains trains, Span<float> scores)
    {
        CheckLength(_program, trains, scores);
        Prepare(trains);
        _trains = trains;
        fixed (float* target = scores)
        {
            _scores = target;
            _team.Run(trains.Count, _scoreOne);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Checks that there is room for the scores of every example, and no more: engines write there without asking.</summary>
    /// <exception cref="ArgumentException">There is not.</exception>
    public static void CheckLength(NetworkProgram program, SpikeTrains trains, ReadOnlySpan<float> scores)
    {
        if (scores.Length != (long)trains.Count * program.ScoresPerExample)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Scores must have {program.ScoresPerExample} numbers for each of {trains.Count} examples, but have {scores.Length}."), nameof(scores));
        }
    }

    public void Dispose()
    {
        _team.Dispose();
        DisposeMemory();
    }

    private protected abstract void DisposeMemory();

    /// <summary>Called before examples are scored.</summary>
    private protected virtual void Prepare(SpikeTrains trains)
    {
    }

    private protected abstract void ScoreOne(int worker, SpikeTrains trains, int example, Span<float> scores);

    private void ScoreOne(int worker, int example) =>
        ScoreOne(worker, _trains!, example, new Span<float>(_scores + (long)example * _scoresPerExample, _scoresPerExample));
}
