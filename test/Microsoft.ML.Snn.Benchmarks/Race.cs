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

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}
