using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>What a user of ML.NET does with a trainer works, and learns.</summary>
[TestClass]
public sealed class SnnTrainerLearningTests
{
    [TestMethod]
    public void Train_PlainVectors_LearnsYinYang()
    {
        MLContext context = new(seed: 1);
        IDataView test = SmallData.YinYang(context, 500, YinYang.TestSeed);

        SnnPredictionTransformer model = context.Snn().Train().Fit(SmallData.YinYang(context, 2000));

        // Chance is 0.33, a linear classifier reaches 0.64.
        Assert.IsGreaterThan(0.8, context.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy);
        Assert.IsLessThan(model.Model.History.Epochs[0].Loss / 2, model.Model.History.Epochs[^1].Loss);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Train_NormalizedAndCached_LearnsIris()
    {
        MLContext context = new(seed: 1);
        var pipeline = SmallData.MapLabel(context)
            .Append(context.Transforms.NormalizeMinMax("Features"))
            .AppendCacheCheckpoint(context)
            .Append(context.Snn().Train(numberOfEpochs: 100, learningRate: 0.02))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        DataOperationsCatalog.TrainTestData split = context.Data.TrainTestSplit(SmallData.Iris(context), testFraction: 0.3);

        var model = pipeline.Fit(split.TrainSet);
        IDataView scored = model.Transform(split.TestSet);

        Assert.IsGreaterThan(0.9, context.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        float[] predicted = [.. scored.GetColumn<float>("PredictedLabel")];
        Assert.IsEmpty(predicted.Except([0, 1, 2]), "Keys came back as the values of the file.");
        Assert.IsGreaterThan(2, predicted.Distinct().Count());
    }

    [TestMethod]
    [RequiresData(SmallData.DigitsPath, SmallData.DigitsTestPath)]
    public void Train_LatencySpikes_LearnsDigits()
    {
        MLContext context = new(seed: 1);
        var pipeline = SmallData.MapLabel(context)
            .Append(context.Transforms.NormalizeMinMax("Features"))
            .Append(context.Snn().EncodeLatency("Features", outOfRange: OutOfRange.Clip))
            .Append(context.Snn().Train(numberOfEpochs: 5));

        var model = pipeline.Fit(SmallData.Digits(context, SmallData.DigitsPath));
        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(
            model.Transform(SmallData.Digits(context, SmallData.DigitsTestPath)));

        Assert.IsGreaterThan(0.9, metrics.MicroAccuracy);
        Assert.IsLessThan(0.4, metrics.LogLoss);
    }

    [TestMethod]
    public void CrossValidate_ThreeFolds_LearnsInEach()
    {
        MLContext context = new(seed: 1);

        var folds = context.MulticlassClassification.CrossValidate(
            LabelledRow.Load(context, 180), context.Snn().Train(SmallData.Quick(60)), numberOfFolds: 3);

        Assert.HasCount(3, folds);
        Assert.IsGreaterThan(0.8, folds.Min(fold => fold.Metrics.MicroAccuracy));
    }

    [TestMethod]
    public void PermutationFeatureImportance_NoiseBesideASignal_TellsThemApart()
    {
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 200);
        SnnPredictionTransformer model = context.Snn().Train(SmallData.Quick(60)).Fit(data);

        ImmutableArray<MulticlassClassificationMetricsStatistics> importance =
            context.MulticlassClassification.PermutationFeatureImportance<SnnModelParameters>(model, data);

        Assert.IsLessThan(-0.2, importance[0].MicroAccuracy.Mean, "The class depends on the first feature.");
        Assert.IsGreaterThan(-0.1, importance[1].MicroAccuracy.Mean, "The second one is noise.");
    }

    [TestMethod]
    public void Predict_PredictionEngine_GivesTheBitsOfTheBatch()
    {
        MLContext context = new();
        LabelledRow[] rows = LabelledRow.Draw(600);
        IDataView data = LabelledRow.Load(context, rows);
        var model = context.Transforms.NormalizeMinMax("Features").Append(context.Snn().Train(SmallData.Quick())).Fit(data);
        IDataView scored = model.Transform(data);
        float[][] expected = SmallData.Scores(scored);
        uint[] expectedLabels = [.. scored.GetColumn<uint>("PredictedLabel")];

        using var engine = context.Model.CreatePredictionEngine<LabelledRow, ScoredRow>(model);
        ScoredRow[] found = [.. rows.Select(row => engine.Predict(row))];

        SmallData.AssertSame(expected, [.. found.Select(row => row.Score)]);
        CollectionAssert.AreEqual(expectedLabels, found.Select(row => row.PredictedLabel).ToArray());
        Assert.IsTrue(expected.All(row => System.MathF.Abs(row.Sum() - 1) < 1e-5f), "Scores are probabilities.");
    }

    [TestMethod]
    public void Snn_EveryCatalogEntry_IsTheSameTrainer()
    {
        MLContext context = new(seed: 3);
        IDataView data = LabelledRow.Load(context, 64);
        SnnTrainer.Options options = new() { NumberOfHiddenNeurons = 16, NumberOfEpochs = 2, Optimizer = new Adam(0.02) };
        float[][] expected = SmallData.Scores(context.Snn().Train(options).Fit(data).Transform(data));

        SnnTrainer[] others =
        [
            context.MulticlassClassification.Trainers.Snn(options),
            context.MulticlassClassification.Trainers.Snn(numberOfHiddenNeurons: 16, numberOfEpochs: 2, learningRate: 0.02),
            context.Snn().Train(numberOfHiddenNeurons: 16, numberOfEpochs: 2, learningRate: 0.02),
        ];

        foreach (SnnTrainer trainer in others)
        {
            SmallData.AssertSame(expected, SmallData.Scores(trainer.Fit(data).Transform(data)));
        }
    }

    [TestMethod]
    public void Transform_Scored_HasTheAnnotationsOfMlNetsOwnTrainers()
    {
        MLContext context = new();
        IDataView data = SmallData.YinYang(context, 60);
        DataViewSchema schema = context.Snn().Train(SmallData.Quick()).Fit(data).Transform(data).Schema;
        DataViewSchema reference = context.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 1)
            .Fit(data).Transform(data).Schema;

        foreach (string name in new[] { "Score", "PredictedLabel" })
        {
            Assert.AreEqual(reference[name].Type, schema[name].Type);
            CollectionAssert.AreEquivalent(
                reference[name].Annotations.Schema.Select(a => a.Name).ToArray(),
                schema[name].Annotations.Schema.Select(a => a.Name).ToArray(), name);
        }
    }

    [TestMethod]
    public void Train_WeightZero_IsAsIfTheRowWereOfNoClass()
    {
        MLContext context = new();
        List<LabelledRow> rows = [.. LabelledRow.Draw(200)];

        // Wrong labels, which would teach the opposite, weigh nothing.
        rows.AddRange(LabelledRow.Draw(600, seed: 2).Select(r => new LabelledRow { Label = 1 - r.Label, Features = r.Features, Weight = 0 }));
        IDataView data = LabelledRow.Load(context, rows);
        SnnTrainer.Options weighted = SmallData.Quick(30);
        weighted.ExampleWeightColumnName = "Weight";

        Assert.IsGreaterThan(0.9, AccuracyOf(weighted));
        Assert.IsLessThan(0.2, AccuracyOf(SmallData.Quick(30)));

        double AccuracyOf(SnnTrainer.Options options) => context.MulticlassClassification.Evaluate(
            context.Snn().Train(options).Fit(data).Transform(LabelledRow.Load(context, 100, seed: 3))).MicroAccuracy;
    }
}
