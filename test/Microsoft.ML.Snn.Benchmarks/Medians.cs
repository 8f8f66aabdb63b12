using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Times variants of one thing by turns, so that what else the machine does meets all of them.</summary>
internal static class Medians
{
    /// <summary>Prints the median of each variant, and how many times as long as the first it took.</summary>
    public static void Print(int rounds, string what, params (string Name, Action Run)[] variants)
    {
        List<double>[] seconds = [.. variants.Select(_ => new List<double>())];
        for (int round = -1; round < rounds; round++)
        {
            for (int n = 0; n < variants.Length; n++)
            {
                long start = Stopwatch.GetTimestamp();
                variants[n].Run();

                // The first round warms up.
                if (round >= 0)
                {
                    seconds[n].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }
        }

        Console.WriteLine(what);
        double[] medians = [.. seconds.Select(times => times.Order().ElementAt(rounds / 2))];
        for (int n = 0; n < variants.Length; n++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {variants[n].Name,-45}{medians[n],8:F3} s {medians[n] / medians[0],8:F2} times"));
        }
    }
}
