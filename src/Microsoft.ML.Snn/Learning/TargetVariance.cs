using System;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Learning;

/// <summary>How much targets that are numbers vary: what a regression is measured by.</summary>
internal static class TargetVariance
{
    /// <summary>Mean over the outputs of the variance over the examples, each with its weight; steps of an example share its weight.</summary>
    public static double Of(Targets targets, float[]? weights)
    {
        var sum = new double[targets.Width];
        var squares = new double[targets.Width];
        double total = 0;
        for (int example = 0; example < targets.Count; example++)
        {
            Target target = targets[example];
            double weight = (weights?[example] ?? 1) / (double)Math.Max(1, target.RowsWithLoss);
            for (int row = 0; row < target.Rows; row++)
            {
                if (!target.HasLoss(row))
                {
                    continue;
                }

                total += weight;
                ReadOnlySpan<float> values = target.Values(row);
                for (int k = 0; k < values.Length; k++)
                {
                    sum[k] += weight * values[k];
                    squares[k] += weight * values[k] * values[k];
                }
            }
        }

        double variance = 0;
        for (int k = 0; k < sum.Length; k++)
        {
            variance += squares[k] / total - sum[k] / total * (sum[k] / total);
        }

        return variance / sum.Length;
    }
}
