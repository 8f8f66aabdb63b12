using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Yes or no on the iris flowers, with all that ML.NET does with a binary trainer.</summary>
[TestClass]
[RequiresData(SmallData.IrisPath)]
public sealed class BinaryTaskTests
{
    private static readonly MLContext s_context = new(seed: 1);
    private static readonly Lazy<IDataView> s_data = new(() => TaskData.Flowers(s_context));
    private static readonly Lazy<BinaryPredictionTransformer<SnnBinaryModelParameters>> s_model =
        new(() => Trainer().Fit(s_data.Value));

    [TestMethod]
    public void Evaluate_Iris_SeparatesAndIsCalibrated()
    {
        CalibratedBinaryClassificationMetrics metrics =
            s_context.BinaryClassification.Evaluate(s_model.Value.Transform(s_data.Value), "IsVirginica");

        Assert.IsGreaterThan(0.93, metrics.Accuracy);
        Assert.IsGreaterThan(0.98, metrics.AreaUnderRocCurve);

        // A third of the rows are yes: always saying so costs 0.918 bits.
        Assert.IsLessThan(0.3, metrics.LogLoss);
        float[] probabilities = [.. s_model.Value.Transform(s_data.Value).GetColumn<float>("Probability")];
        Assert.AreEqual(1 / 3.0, probabilities.Average(), 0.05);
        Assert.IsNotNull(s_model.Value.Model.History.Epochs[^1].Accuracy);
        Assert.IsNull(s_model.Value.Model.History.Epochs[^1].RSquared);
    }

    [TestMethod]
    public void Transform_Columns_AreScoreItsSigmoidAndItsSign()
    {
        IDataView scored = s_model.Value.Transform(s_data.Value);
        float[] scores = [.. scored.GetColumn<float>("Score")];
        float[] probabilities = [.. scored.GetColumn<float>("Probability")];
        bool[] predicted = [.. scored.GetColumn<bool>("PredictedLabel")];

        for (int row = 0; row < scores.Length; row++)
        {
            Assert.AreEqual(1 / (1 + Math.Exp(-scores[row])), probabilities[row], 1e-6);
            Assert.AreEqual(scores[row] > 0, predicted[row]);
        }
    }

    [TestMethod]
    public void CrossValidate_WithCache_IsAccurateInEveryFold()
    {
        var pipeline = s_context.Transforms.CopyColumns("Copy", "Features").AppendCacheCheckpoint(s_context).Append(Trainer());

        var folds = s_context.BinaryClassification.CrossValidate(s_data.Value, pipeline, numberOfFolds: 3, labelColumnName: "IsVirginica");

        Assert.HasCount(3, folds);
        Assert.IsTrue(folds.All(fold => fold.Metrics.Accuracy > 0.85), string.Join(' ', folds.Select(fold => fold.Metrics.Accuracy)));
    }

    [TestMethod]
    public void PermutationFeatureImportance_Iris_NamesThePetal()
    {
        var importance = s_context.BinaryClassification.PermutationFeatureImportance(s_model.Value, s_data.Value, "IsVirginica");

        Assert.HasCount(3, importance);
        double[] loss = [.. importance.Select(feature => feature.Accuracy.Mean)];
        Assert.IsLessThan(-0.2, loss[2], string.Join(' ', loss));
        Assert.AreEqual(loss.Min(), loss[2]);
    }

    [TestMethod]
    public void OneVersusAll_Iris_TellsThreeSpecies()
    {
        SnnTrainer.Options options = TaskData.Options("Species");
        var trainer = s_context.MulticlassClassification.Trainers.OneVersusAll(
            s_context.BinaryClassification.Trainers.Snn(options), "Species");

        var metrics = s_context.MulticlassClassification.Evaluate(trainer.Fit(s_data.Value).Transform(s_data.Value), "Species");

        Assert.IsGreaterThan(0.9, metrics.MicroAccuracy);
    }

    [TestMethod]
    public void Train_BooleanLabel_InfersTheTaskAndGivesTheSameScores()
    {
        SnnPredictionTransformer inferred = s_context.Snn().Train(TaskData.Options("IsVirginica")).Fit(s_data.Value);

        Assert.AreEqual(SnnTask.BinaryClassification, inferred.Model.Task);
        IDataView scored = inferred.Transform(s_data.Value);
        CollectionAssert.AreEqual(
            s_model.Value.Transform(s_data.Value).GetColumn<float>("Score").ToArray(), scored.GetColumn<float>("Score").ToArray());
        Assert.IsGreaterThan(0.93, s_context.BinaryClassification.Evaluate(scored, "IsVirginica").Accuracy);
    }

    [TestMethod]
    public void PredictionEngine_Rows_GiveWhatTransformGives()
    {
        using var engine = s_context.Model.CreatePredictionEngine<TaskData.Flower, Prediction>(s_model.Value);
        float[] expected = [.. s_model.Value.Transform(s_data.Value).GetColumn<float>("Probability")];
        TaskData.Flower[] rows = TaskData.FlowerRows(s_context);

        for (int n = 0; n < rows.Length; n += 17)
        {
            Prediction found = engine.Predict(rows[n]);
            Assert.AreEqual(expected[n], found.Probability);
            Assert.AreEqual(found.Score > 0, found.PredictedLabel);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Load_FreshProcess_GivesTheSameLogLoss(bool inferred)
    {
        using TemporaryFolder folder = new();
        IDataView data = s_context.Transforms.CopyColumns("Label", "IsVirginica").Fit(s_data.Value).Transform(s_data.Value);
        SnnTrainer.Options options = TaskData.Options("Label", 3);
        ITransformer model = inferred
            ? s_context.Snn().Train(options).Fit(data)
            : s_context.BinaryClassification.Trainers.Snn(options).Fit(data);
        double expected = s_context.BinaryClassification.Evaluate(model.Transform(data)).LogLoss;
        s_context.Model.Save(model, data.Schema, folder.PathOf("model.zip"));
        using (FileStream rows = File.Create(folder.PathOf("rows.idv")))
        {
            s_context.Data.SaveAsBinary(data, rows);
        }

        string printed = FreshProcess.Run(folder.PathOf("model.zip"), folder.PathOf("rows.idv"));

        Assert.AreEqual(expected, double.Parse(printed, CultureInfo.InvariantCulture));
    }

    private static SnnBinaryTrainer Trainer(int epochs = 200) =>
        s_context.BinaryClassification.Trainers.Snn(TaskData.Options("IsVirginica", epochs));

    private sealed class Prediction
    {
        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }
}
