using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Trains a contender and prints each epoch.</summary>
internal static class Race
{
    /// <summary>Trains and evaluates; null without a contender.</summary>
    /// <remarks>The contender is made here and released here, so that it does not share the machine with the next one.</remarks>
    public static Score? Run(BenchmarkTask task, int epochs, Func<IContender?> create)
    {
        using IContender? contender = create();
        if (contender is null)
        {
            return null;
        }

        var entrant = new Entrant(task, contender);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            entrant.TrainEpoch(isMeasured: true);
        }

        return entrant.ToScore();
    }

    /// <summary>Trains two contenders epoch by epoch in turn, so that a slow moment of the machine falls on both.</summary>
    /// <remarks>Both train some epochs before that are not measured: the runtime compiles the loops better while they run.</remarks>
    public static (Score Ours, Score Peer) RunInTurn(BenchmarkTask task, int epochs, Func<IContender> createOurs, Func<IContender> createPeer)
    {
        using IContender first = createOurs();
        var ours = new Entrant(task, first);
        ours.WarmUp();
        using IContender second = createPeer();
        var peer = new Entrant(task, second);
        peer.WarmUp();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            ours.TrainEpoch(isMeasured: true);
            peer.TrainEpoch(isMeasured: true);
        }

        return (ours.ToScore(), peer.ToScore());
    }

    /// <summary>Trains from several seeds; times are medians over all, the result is their mean.</summary>
    /// <param name="task">What to learn.</param>
    /// <param name="epochs">Epochs of each seed.</param>
    /// <param name="create">Makes the contender of a seed, or null.</param>
    /// <param name="afterEach">What comes after each seed, or null.</param>
    public static Score? RunSeeds(BenchmarkTask task, int epochs, Func<BenchmarkTask, IContender?> create, Action? afterEach = null)
    {
        var scores = new List<Score>();
        for (int n = 0; n < task.Seeds; n++)
        {
            BenchmarkTask seeded = task with { Seed = task.Seed + n };
            if (Run(seeded, epochs, () => create(seeded)) is not { } score)
            {
                return null;
            }

            scores.Add(score);
            afterEach?.Invoke();
        }

        if (scores.Count > 1)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{scores.Count} seeds: test accuracy {string.Join(", ", scores.Select(s => s.Result.Accuracy.ToString("P2", CultureInfo.InvariantCulture)))}"));
        }

        return scores[0] with
        {
            SecondsPerEpoch = Median(scores.Select(s => s.SecondsPerEpoch)),
            Result = new(scores.Average(s => s.Result.Accuracy), scores.Average(s => s.Result.HiddenSpikesPerExample)),

            // What comes after the first seed is in the peak of the others.
            PeakMemoryMb = afterEach is null ? scores.Max(s => s.PeakMemoryMb) : scores[0].PeakMemoryMb,
        };
    }

    /// <summary>Trains ours from several seeds and the rival some epochs after each, so that a slow minute of the machine falls on both.</summary>
    public static (Score Ours, Score Peer) RunSeedsInTurn(
        BenchmarkTask task, int epochs, Func<BenchmarkTask, IContender> createOurs, int peerEpochs, Func<IContender> createPeer)
    {
        Entrant? peer = null;
        IContender? rival = null;
        try
        {
            Score? ours = RunSeeds(task, epochs, createOurs, () =>
            {
                if (peer is null)
                {
                    rival = createPeer();
                    peer = new Entrant(task, rival);
                }

                // Its threads have slept and its memory has left the caches: its first epoch is up to a third slower.
                peer.WarmUp();
                for (int epoch = 0; epoch < peerEpochs; epoch++)
                {
                    peer.TrainEpoch(isMeasured: true);
                }
            });
            return (ours!, peer!.ToScore());
        }
        finally
        {
            rival?.Dispose();
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }

    /// <summary>A contender and what it has reached.</summary>
    private sealed class Entrant(BenchmarkTask task, IContender contender)
    {
        private const int WarmUps = 3;

        private readonly List<EpochResult> _results = [];
        private EvaluationResult _evaluation;
        private double? _peakMemoryMb;
        private int _epochs;

        public void WarmUp()
        {
            for (int epoch = 0; epoch < WarmUps; epoch++)
            {
                TrainEpoch(isMeasured: false);
            }

            // Afterwards the other contender is there, too.
            _peakMemoryMb = PeakMemoryMb();
        }

        public void TrainEpoch(bool isMeasured)
        {
            EpochResult result = contender.TrainEpoch();
            if (isMeasured)
            {
                _results.Add(result);
            }

            _evaluation = contender.Evaluate(task.Test);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{contender.Name}, epoch {++_epochs}: {result.Seconds:F3} s, test accuracy {_evaluation.Accuracy:P2}, " +
                $"{_evaluation.HiddenSpikesPerExample:F1} hidden spikes per example"));
        }

        public Score ToScore() => new(
            contender.Name,
            Median(_results.Select(result => result.Seconds)),
            _results[0].PhaseSeconds.Keys.ToDictionary(
                phase => phase, phase => Median(_results.Select(result => result.PhaseSeconds[phase]))),
            _evaluation,
            _peakMemoryMb ?? PeakMemoryMb());

        private static double PeakMemoryMb()
        {
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / (1024.0 * 1024.0);
        }
    }
}
