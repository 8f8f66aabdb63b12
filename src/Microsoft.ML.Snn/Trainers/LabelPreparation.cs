using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Models;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>What training data say about how labels are trained on: the scale of numbers, the balance of classes.</summary>
/// <remarks>Worked out on the training data, then applied to the validation data as well.</remarks>
internal sealed class LabelPreparation
{
    private readonly double[] _classWeights;

    private LabelPreparation(LabelScale[] scales, double[] classWeights) => (Scales, _classWeights) = (scales, classWeights);

    /// <summary>Scale of each output; empty where labels are not numbers.</summary>
    public LabelScale[] Scales { get; }

    /// <summary>Works out the preparation.</summary>
    /// <exception cref="Exception">All labels are the same: there is nothing to learn.</exception>
    public static LabelPreparation For(IHost host, SnnTask task, string column, TrainingData data, int outputs, bool balance)
    {
        bool isRegression = task is SnnTask.Regression or SnnTask.MultiOutputRegression or SnnTask.SequenceRegression;
        if (!isRegression)
        {
            CheckTwoClasses(host, task, column, data.Targets);
        }

        return new LabelPreparation(
            isRegression ? ScalesOf(host, column, data) : [],
            balance ? BalanceOf(host, task, data, outputs) : []);
    }

    /// <summary>The same with the scales of an earlier model.</summary>
    public LabelPreparation WithScales(IReadOnlyList<LabelScale> scales) =>
        Scales.Length == scales.Count ? new LabelPreparation([.. scales], _classWeights) : this;

    public TrainingData Apply(TrainingData data)
    {
        Targets targets = data.Targets;
        if (Scales.Length > 0)
        {
            float[] values = targets.Values.ToArray();
            for (int n = 0; n < values.Length; n++)
            {
                values[n] = Scales[n % Scales.Length].ToTarget(values[n]);
            }

            targets = Targets.OfValues(values, targets.Width, targets.Rows);
        }

        float[]? weights = _classWeights.Length == 0
            ? data.Weights
            : [.. Enumerable.Range(0, data.Targets.Count).Select(n => (float)(_classWeights[ClassOf(data.Targets, n)] * (data.Weights?[n] ?? 1)))];
        return data with { Targets = targets, Weights = weights };
    }

    private static int ClassOf(Targets targets, int example) =>
        targets.AreClasses ? targets[example].Class(0) : (int)targets[example].Values(0)[0];

    private static void CheckTwoClasses(IHost host, SnnTask task, string column, Targets targets)
    {
        int first = targets.AreClasses ? targets.Classes.IndexOfAnyExcept(Target.NoClass) : 0;
        bool isOne = task switch
        {
            SnnTask.MultiLabelClassification => false,
            SnnTask.BinaryClassification => targets.Values.IndexOfAnyExcept(targets.Values[0]) < 0,
            _ => targets.Classes.IndexOfAnyExcept(targets.Classes[first], Target.NoClass) < 0,
        };
        if (isOne)
        {
            throw host.Except(
                $"Label column '{column}' must have rows of at least two classes, but all {targets.Count} rows are of one. "
                + "Check the label column, or how the data was split.");
        }
    }

    private static LabelScale[] ScalesOf(IHost host, string column, TrainingData data)
    {
        var scales = new LabelScale[data.Targets.Width];
        for (int output = 0; output < scales.Length; output++)
        {
            double total = 0, sum = 0, squares = 0;

            // The second pass sums squares about the mean: no cancellation, however far the labels are from 0.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int example = 0; example < data.Targets.Count; example++)
                {
                    Target target = data.Targets[example];
                    double weight = (data.Weights?[example] ?? 1) / (double)Math.Max(1, target.RowsWithLoss);
                    for (int row = 0; row < target.Rows; row++)
                    {
                        if (target.HasLoss(row))
                        {
                            double value = target.Values(row)[output];
                            total += pass == 0 ? weight : 0;
                            sum += pass == 0 ? weight * value : 0;
                            squares += pass == 0 ? 0 : weight * (value - sum / total) * (value - sum / total);
                        }
                    }
                }
            }

            double deviation = Math.Sqrt(squares / total);
            if (!(deviation > 1e-7 * Math.Abs(sum / total)))
            {
                throw host.Except(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Label column '{column}' must vary, but {(scales.Length == 1 ? "it" : $"value {output} of it")} is {sum / total:G6} in all {data.Targets.Count} rows. ")
                    + "Check the label column, or how the data was split.");
            }

            scales[output] = new LabelScale(sum / total, deviation);
        }

        return scales;
    }

    /// <summary>Weight of each class, so that all classes have the same total weight and the mean weight is 1.</summary>
    private static double[] BalanceOf(IHost host, SnnTask task, TrainingData data, int outputs)
    {
        host.CheckUserArg(
            task is SnnTask.MulticlassClassification or SnnTask.BinaryClassification, nameof(SnnTrainer.Options.BalanceClasses),
            "Classes can be balanced where each row is of one class. Set it to false, or use an example weight column.");
        var weights = new double[task == SnnTask.BinaryClassification ? 2 : outputs];
        for (int example = 0; example < data.Targets.Count; example++)
        {
            weights[ClassOf(data.Targets, example)] += data.Weights?[example] ?? 1;
        }

        double total = weights.Sum();
        int present = weights.Count(w => w > 0);
        return [.. weights.Select(w => w > 0 ? total / (present * w) : 0)];
    }
}
