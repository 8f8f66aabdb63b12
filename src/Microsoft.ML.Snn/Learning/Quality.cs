using System;
using System.Globalization;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning;

/// <summary>How good outputs are, in the measure that fits the task: accuracy of decisions, or error of numbers.</summary>
/// <param name="Accuracy">Share of right decisions, or null where outputs are numbers.</param>
/// <param name="RSquared">1 - squared error / variance, all outputs together, or null where outputs are decisions.</param>
/// <param name="RootMeanSquaredError">In the label's own unit; null where outputs are decisions or have different units.</param>
internal readonly record struct Quality(double? Accuracy, double? RSquared, double? RootMeanSquaredError)
{
    public static Quality Of(
        NetworkProgram program, double meanLoss, long correct, long decisions, double variance, double? labelUnit) =>
        program.Output.Loss.Kind == LossKind.MeanSquaredError
            ? new Quality(null, variance > 0 ? 1 - meanLoss / variance : null, labelUnit * Math.Sqrt(meanLoss))
            : new Quality(decisions == 0 ? 0 : (double)correct / decisions, null, null);

    /// <summary>Variance of targets that are numbers, else 0.</summary>
    public static double VarianceOf(Targets targets, float[]? weights) =>
        targets.AreClasses ? 0 : TargetVariance.Of(targets, weights);

    public string Describe(string prefix) =>
        (Accuracy is double accuracy ? Text($", {prefix}accuracy {accuracy:P2}") : "")
        + (RSquared is double rSquared ? Text($", {prefix}R² {rSquared:F4}") : "")
        + (RootMeanSquaredError is double error ? Text($", {prefix}RMSE {error:G5}") : "");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
