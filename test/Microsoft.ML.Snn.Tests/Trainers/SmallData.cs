using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Data on which a network learns within a second or two, and a way to read scores.</summary>
internal static class SmallData
{
    public const string IrisPath = "optdigits/iris.txt";
    public const string DigitsPath = "optdigits/optdigits-train.csv";
    public const string DigitsTestPath = "optdigits/optdigits-test.csv";

    public static IDataView YinYang(MLContext context, int count, int seed = Snn.YinYang.TrainSeed)
    {
        IDataView rows = context.Snn().LoadYinYang(count, seed);
        return MapLabel(context).Fit(rows).Transform(rows);
    }

    public static IDataView Iris(MLContext context) => context.Data.LoadFromTextFile(TestData.Path(IrisPath),
    [
        new TextLoader.Column("Label", DataKind.Single, 0),
        new TextLoader.Column("Features", DataKind.Single, 1, 4),
    ]);

    /// <summary>Digits of 8 by 8 pixels, values 0 to 16.</summary>
    public static IDataView Digits(MLContext context, string path) => context.Data.LoadFromTextFile(TestData.Path(path),
    [
        new TextLoader.Column("Features", DataKind.Single, 0, 63),
        new TextLoader.Column("Label", DataKind.Single, 64),
    ], separatorChar: ',');

    public static ValueToKeyMappingEstimator MapLabel(MLContext context) => context.Transforms.Conversion.MapValueToKey(
        "Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);

    /// <summary>A training of about a tenth of a second.</summary>
    public static SnnTrainer.Options Quick(int epochs = 2) => new()
    {
        NumberOfHiddenNeurons = 16,
        NumberOfEpochs = epochs,
        NumberOfThreads = 1,
        Optimizer = new Adam(0.02),
    };

    /// <summary>A model of <see cref="LabelledRow"/>.</summary>
    public static SnnPredictionTransformer QuickModel(MLContext context, int rows = 64) =>
        context.Snn().Train(Quick()).Fit(LabelledRow.Load(context, rows));

    public static float[][] Scores(IDataView scored)
    {
        List<float[]> rows = [];
        DataViewSchema.Column column = scored.Schema["Score"];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getScore = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> score = default;
        while (cursor.MoveNext())
        {
            getScore(ref score);
            rows.Add([.. score.DenseValues()]);
        }

        return [.. rows];
    }

    public static void AssertSame(float[][] expected, float[][] found)
    {
        Assert.HasCount(expected.Length, found);
        for (int row = 0; row < expected.Length; row++)
        {
            CollectionAssert.AreEqual(expected[row], found[row], $"row {row}");
        }
    }

    public static bool AreSame(float[][] a, float[][] b) => a.Zip(b).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}
