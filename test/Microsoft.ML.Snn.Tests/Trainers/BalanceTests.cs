using System;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A rare class counts as much as a frequent one where that is wanted.</summary>
[TestClass]
public sealed class BalanceTests
{
    [TestMethod]
    public void Fit_BalancedClasses_IsTheSameAsExampleWeights()
    {
        MLContext context = new();
        Row[] rows = Rows();

        // 40 rows, 36 of them no: weights 40 / (2 · 36) and 40 / (2 · 4).
        Array.ForEach(rows, row => row.Weight = row.Flag ? 5 : 20 / 36f);
        IDataView data = context.Data.LoadFromEnumerable(rows);

        float[] balanced = Scores(context, data, options => options.BalanceClasses = true);
        float[] weighted = Scores(context, data, options => options.ExampleWeightColumnName = "Weight");
        float[] plain = Scores(context, data, _ => { });

        for (int n = 0; n < balanced.Length; n++)
        {
            Assert.AreEqual(weighted[n], balanced[n], 1e-3f);
        }

        Assert.IsGreaterThan(plain.Average() + 0.5f, balanced.Average(), "The rare class must have gained.");
    }

    private static float[] Scores(MLContext context, IDataView data, Action<SnnTrainer.Options> set)
    {
        SnnTrainer.Options options = SmallData.Quick(20);
        (options.LabelColumnName, options.Seed) = ("Flag", 1);
        set(options);
        return [.. context.BinaryClassification.Trainers.Snn(options).Fit(data).Transform(data).GetColumn<float>("Score")];
    }

    private static Row[] Rows()
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, 40).Select(n => new Row { Flag = n % 10 == 0, Features = [random.NextSingle() + (n % 10 == 0 ? 0.3f : 0), 1] })];
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public bool Flag { get; set; }

        public float Weight { get; set; }
    }
}
