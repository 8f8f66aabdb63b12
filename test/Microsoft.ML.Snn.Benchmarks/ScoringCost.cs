using System;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Many rows scored: by our own transformer, and by ML.NET's around the models of the binary and regression catalogs.</summary>
internal static class ScoringCost
{
    /// <summary>Prints medians of some rounds over the training rows of optdigits.</summary>
    public static void Print(int rounds)
    {
        var context = new MLContext(seed: 1);
        (IDataView rows, int count) = TableData.Digits().ToView(context);
        foreach (int hidden in (int[])[128, 512])
        {
            SnnTrainer.Options yesNo = Options("IsEven"), number = Options("Value");
            ITransformer[] models =
            [
                context.Snn().Train(yesNo).Fit(rows), context.BinaryClassification.Trainers.Snn(yesNo).Fit(rows),
                context.Snn().Train(number).Fit(rows), context.Regression.Trainers.Snn(number).Fit(rows),
            ];
            string[] names = ["Snn().Train, binary", "BinaryClassification.Trainers.Snn", "Snn().Train, regression", "Regression.Trainers.Snn"];
            Medians.Print(
                rounds, $"scoring of {count} rows, 64-{hidden}-1",
                [.. names.Zip(models, (name, model) => (name, (Action)(() => _ = model.Transform(rows).GetColumn<float>("Score").Sum())))]);

            SnnTrainer.Options Options(string label) => new() { LabelColumnName = label, NumberOfHiddenNeurons = hidden, NumberOfEpochs = 1 };
        }
    }
}
