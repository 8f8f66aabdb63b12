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

        var results = new List<EpochResult>();
        EvaluationResult evaluation = default;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            results.Add(contender.TrainEpoch());
            evaluation = contender.Evaluate(task.Test);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{contender.Name}, epoch {epoch}: {results[^1].Seconds:F3} s, test accuracy {evaluation.Accuracy:P2}, " +
                $"{evaluation.HiddenSpikesPerExample:F1} hidden spikes per example"));
        }

        using Process process = Process.GetCurrentProcess();
        return new(
            contender.Name,
            Median(results.Select(result => result.Seconds)),
            results[0].PhaseSeconds.Keys.ToDictionary(
                phase => phase, phase => Median(results.Select(result => result.PhaseSeconds[phase]))),
            evaluation,
            process.PeakWorkingSet64 / (1024.0 * 1024.0));
    }

    /// <summary>Trains from several seeds; times are medians over all, the result is their mean.</summary>
    public static Score? RunSeeds(BenchmarkTask task, int epochs, Func<BenchmarkTask, IContender?> create)
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
            PeakMemoryMb = scores.Max(s => s.PeakMemoryMb),
        };
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}
