using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Columns that ML.NET lets through, and how scored columns are read.</summary>
[TestClass]
public sealed class SnnTrainerColumnTests
{
    [TestMethod]
    public void Fit_EveryWeightZero_SaysSo()
    {
        MLContext context = new();
        LabelledRow[] rows = LabelledRow.Draw(20);
        Array.ForEach(rows, row => row.Weight = 0);
        SnnTrainer.Options options = SmallData.Quick();
        options.ExampleWeightColumnName = "Weight";

        AssertMessage(
            () => context.Snn().Train(options).Fit(LabelledRow.Load(context, rows)),
            "Example weight column 'Weight' must be above 0 in some row, but is 0 in all 20 rows. Check the column, or leave exampleWeightColumnName out.");
    }

    [TestMethod]
    public void Fit_ValidationDataOfAnotherShape_SaysSo()
    {
        MLContext context = new();
        IDataView train = LabelledRow.Load(context, 20);
        IDataView wide = context.Transforms.Concatenate("Features", "Features", "Features").Fit(train).Transform(train);
        IDataView spikes = context.Snn().EncodeLatency("Features").Fit(train).Transform(train);
        const string Expected = "The validation data must have 2 classes and the features of the training data, a plain vector of 2 features, but has 2 classes and a ";

        AssertMessage(
            () => context.Snn().Train(SmallData.Quick()).Fit(train, wide), Expected + "plain vector of 4 features. Transform both with one fitted pipeline.");
        AssertMessage(
            () => context.Snn().Train(SmallData.Quick()).Fit(train, spikes),
            Expected + "spike train of 20 steps of 1 ms by 2 channels. Transform both with one fitted pipeline.");
    }

    [TestMethod]
    public void Fit_ValidationDataOfOtherClasses_SaysSo()
    {
        MLContext context = new();
        IDataView train = SmallData.YinYang(context, 60);
        IDataView rows = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 9).Select(n => new FloatRow { Label = n, Features = [0, 0, 0, 1] }));
        IDataView nine = SmallData.MapLabel(context).Fit(rows).Transform(rows);

        AssertMessage(
            () => context.Snn().Train(SmallData.Quick()).Fit(train, nine),
            "The validation data must have 3 classes and the features of the training data, a plain vector of 4 features, but has 9 classes and a "
            + "plain vector of 4 features. Transform both with one fitted pipeline.");
    }

    [TestMethod]
    public void Fit_WeightTwo_IsAsIfTheRowWereThereTwice()
    {
        MLContext context = new();
        LabelledRow[] rows = LabelledRow.Draw(12);
        rows[3].Weight = rows[8].Weight = 2;
        LabelledRow[] absent = [.. rows, .. LabelledRow.Draw(6, seed: 9).Select(row => new LabelledRow { Label = row.Label, Features = row.Features, Weight = 0 })];
        LabelledRow[] twice = [.. rows, rows[3], rows[8]];

        SnnModelParameters expected = Train(twice, null);
        foreach (LabelledRow[] weighted in new[] { rows, absent })
        {
            SnnModelParameters found = Train(weighted, "Weight");

            // One batch holds all rows; Adam does not see that the gradient is divided by their number.
            for (int epoch = 0; epoch < 4; epoch++)
            {
                Assert.AreEqual(expected.History.Epochs[epoch].Loss, found.History.Epochs[epoch].Loss, 1e-4);
            }

            foreach ((SnnConnectionWeights one, SnnConnectionWeights other) in expected.GetWeights().Zip(found.GetWeights()))
            {
                Assert.IsLessThan(1e-3, one.Values.ToArray().Zip(other.Values.ToArray()).Max(pair => Math.Abs(pair.First - pair.Second)), one.Name);
            }
        }

        SnnModelParameters Train(LabelledRow[] data, string? weightColumn)
        {
            SnnTrainer.Options options = SmallData.Quick(epochs: 4);
            options.ExampleWeightColumnName = weightColumn;
            options.BatchSize = 64;
            options.Shuffle = false;
            options.Network = SnnNetwork.Sequential(Layer.Dense(8, weights: Weights.Uniform(0.1, 2)), Layer.Output(weights: Weights.Normal(0, 1)));
            return context.Snn().Train(options).Fit(LabelledRow.Load(context, data)).Model;
        }
    }

    [TestMethod]
    public void GetRowCursorSet_AnyNumber_GivesEveryRowOnce()
    {
        MLContext context = new();
        IDataView scored = SmallData.QuickModel(context).Transform(LabelledRow.Load(context, 600));
        float[][] expected = SmallData.Scores(scored);
        DataViewSchema.Column score = scored.Schema["Score"];

        List<float[]> found = [];
        foreach (DataViewRowCursor cursor in scored.GetRowCursorSet([score], 4))
        {
            using (cursor)
            {
                ValueGetter<VBuffer<float>> getScore = cursor.GetGetter<VBuffer<float>>(score);
                VBuffer<float> value = default;
                while (cursor.MoveNext())
                {
                    getScore(ref value);
                    found.Add([.. value.DenseValues()]);
                }
            }
        }

        SmallData.AssertSame(expected, [.. found]);
    }

    [TestMethod]
    public void Transform_AnyColumnsInAnyOrder_DeliversThoseAskedFor()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        IDataView reordered = context.Transforms.SelectColumns("Weight", "Features", "Label").Fit(LabelledRow.Load(context, 1)).Transform(LabelledRow.Load(context, 300));
        IDataView scored = model.Transform(reordered);
        float[][] expected = SmallData.Scores(model.Transform(LabelledRow.Load(context, 300)));
        CollectionAssert.AreEqual(
            new[] { "Weight", "Features", "Label", "PredictedLabel", "Score" }, scored.Schema.Select(c => c.Name).ToArray());

        DataViewSchema.Column score = scored.Schema["Score"], label = scored.Schema["Label"], weight = scored.Schema["Weight"];
        using DataViewRowCursor cursor = scored.GetRowCursor([score, label]);
        Assert.IsTrue(cursor.IsColumnActive(score) && cursor.IsColumnActive(label));
        Assert.IsFalse(cursor.IsColumnActive(weight));
        Assert.Throws<Exception>(() => cursor.GetGetter<float>(weight));
        Assert.Throws<Exception>(() => cursor.GetGetter<float>(score));
        var getScore = cursor.GetGetter<VBuffer<float>>(score);
        var getLabel = cursor.GetGetter<uint>(label);
        VBuffer<float> value = default;
        uint key = 0;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            Assert.AreEqual(row, cursor.Position);
            if (row % 3 == 0)
            {
                // Not every row is looked at, and the label comes after the score.
                getScore(ref value);
                CollectionAssert.AreEqual(expected[row], value.DenseValues().ToArray());
                getLabel(ref key);
                Assert.AreEqual((uint)(row % 2) + 1, key, "Keys count from 1 in a view, from 0 in an object.");
            }
        }
    }

    [TestMethod]
    public void PermutationFeatureImportance_OfAPipeline_NamesTheFeatures()
    {
        MLContext context = new(seed: 1);
        IDataView rows = context.Data.LoadFromEnumerable(LabelledRow.Draw(200).Select(row => new Parts
        {
            Label = row.Label,
            Signal = row.Features[0],
            Noise = row.Features[1],
        }));
        var pipeline = context.Transforms.Concatenate("Features", "Signal", "Noise").Append(context.Snn().Train(SmallData.Quick(10)));

        var model = pipeline.Fit(rows);
        var importance = context.MulticlassClassification.PermutationFeatureImportance(model, model.Transform(rows));

        Assert.IsLessThan(-0.2, importance["Signal"].MicroAccuracy.Mean);
        Assert.IsGreaterThan(-0.1, importance["Noise"].MicroAccuracy.Mean);
    }

    [TestMethod]
    public void Model_Parameters_ShowNetworkWeightsHistoryAndSpikes()
    {
        MLContext context = new();
        SnnTrainer.Options options = SmallData.Quick();
        options.Network = SnnNetwork.Sequential(Layer.Dense(5, recurrent: true), Layer.Dense(4), Layer.Output());

        SnnModelParameters model = context.Snn().Train(options).Fit(LabelledRow.Load(context, 40)).Model;

        Assert.AreEqual((2, 20, 1.0, 2, true), (model.NumberOfChannels, model.TimeSteps, model.TimeStep, model.NumberOfClasses, model.IsConstantCurrent));
        CollectionAssert.AreEqual(
            new[] { "input to hidden 1 2x5", "hidden 1 recurrent 5x5", "hidden 1 to hidden 2 5x4", "hidden 2 to output 4x2" },
            model.GetWeights().Select(w => $"{w.Name} {w.Rows}x{w.Columns}").ToArray());
        SnnConnectionWeights output = model.GetWeights()[^1];
        Assert.AreEqual(output.Values.Span[2 * 3 + 1], output[3, 1]);
        Assert.Throws<Exception>(() => output[0, 2]);
        Assert.AreNotSame(model.GetWeights()[0], model.GetWeights()[0], "A copy each time.");
        CollectionAssert.AreEqual(new[] { 5, 4 }, model.MeanSpikeCounts.Select(layer => layer.Count).ToArray());
        Assert.AreEqual(
            model.History.Epochs[^1].SpikesPerNeuron, model.MeanSpikeCounts.SelectMany(layer => layer).Average(), 1e-6);
        StringAssert.StartsWith(model.ToString(), "20 steps of 1 ms", StringComparison.Ordinal);
        StringAssert.Contains(model.ToString(), "63 learned numbers, 2 outputs", StringComparison.Ordinal);
    }

    private static void AssertMessage(Action act, string message) =>
        Assert.AreEqual(message, Assert.ThrowsExactly<InvalidOperationException>(act).Message);

    private sealed class FloatRow
    {
        public float Label { get; set; }

        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Parts
    {
        [KeyType(2)]
        public uint Label { get; set; }

        public float Signal { get; set; }

        public float Noise { get; set; }
    }
}
