using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Labels that are vectors: several numbers, several yes or no, and a label at every step.</summary>
[TestClass]
public sealed class VectorTaskTests
{
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Train_VectorOfSingle_PredictsEachNumberInItsUnit()
    {
        MLContext context = new(seed: 1);
        IDataView data = TaskData.Flowers(context);

        SnnPredictionTransformer model = context.Snn().Train(TaskData.Options("Sizes")).Fit(data);

        Assert.AreEqual(SnnTask.MultiOutputRegression, model.Model.Task);
        float[][] expected = TaskData.Vectors(data, "Sizes"), found = SmallData.Scores(model.Transform(data));
        Assert.IsGreaterThan(0.85, RSquared(expected, found, 0));
        Assert.IsGreaterThan(0.7, RSquared(expected, found, 1));
        TrainingEpoch last = model.Model.History.Epochs[^1];
        Assert.IsNull(last.Accuracy);
        Assert.IsNull(last.RootMeanSquaredError, "Centimetres and millimetres have no common error.");
        Assert.AreEqual((RSquared(expected, found, 0) + RSquared(expected, found, 1)) / 2, last.RSquared!.Value, 0.05);
        AssertSavedIsSame(context, model, data);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Train_MultiLabel_AnswersEachQuestion()
    {
        MLContext context = new(seed: 1);
        IDataView data = TaskData.Flowers(context);
        SnnTrainer.Options options = TaskData.Options("Flags");
        options.Task = SnnTask.MultiLabelClassification;

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(data);

        IDataView scored = model.Transform(data);
        float[][] expected = TaskData.Vectors(data, "Flags"), scores = SmallData.Scores(scored), probabilities = TaskData.Vectors(scored, "Probability");
        bool[][] predicted = [.. scored.GetColumn<VBuffer<bool>>("PredictedLabel").Select(v => v.DenseValues().ToArray())];
        int right = 0;
        for (int row = 0; row < scores.Length; row++)
        {
            for (int k = 0; k < 2; k++)
            {
                Assert.AreEqual(1 / (1 + Math.Exp(-scores[row][k])), probabilities[row][k], 1e-6);
                Assert.AreEqual(scores[row][k] > 0, predicted[row][k]);
                right += predicted[row][k] == expected[row][k] > 0.5 ? 1 : 0;
            }
        }

        Assert.IsGreaterThan(0.94, right / 300.0);
        Assert.AreEqual(right / 300.0, model.Model.History.Epochs[^1].Accuracy!.Value, 0.04);
        AssertSavedIsSame(context, model, data);
    }

    [TestMethod]
    public void Train_VectorOfKeys_LabelsEveryStep()
    {
        MLContext context = new(seed: 1);
        IDataView data = context.Data.LoadFromEnumerable(TaskData.Sequences(150));

        SnnPredictionTransformer model = context.Snn().Train(TaskData.Options("Classes", 80)).Fit(data);

        Assert.AreEqual(SnnTask.SequenceClassification, model.Model.Task);
        IDataView scored = model.Transform(data);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, TaskData.Sequence.Steps, 2), scored.Schema["Score"].Type);
        uint[][] expected = Keys(data, "Classes"), found = Keys(scored, "PredictedLabel");
        double right = expected.Zip(found, (e, f) => e.Zip(f, (a, b) => a == b ? 1.0 : 0).Average()).Average();
        Assert.IsGreaterThan(0.9, right);
        Assert.AreEqual(right, model.Model.History.Epochs[^1].Accuracy!.Value, 0.05);
        AssertSavedIsSame(context, model, data);
    }

    [TestMethod]
    public void Train_SequenceOfNumbers_FollowsTheWave()
    {
        MLContext context = new(seed: 1);
        IDataView data = context.Data.LoadFromEnumerable(TaskData.Sequences(150));
        SnnTrainer.Options options = TaskData.Options("Wave", 300);
        options.NumberOfHiddenNeurons = 100;
        options.Task = SnnTask.SequenceRegression;

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(data);

        float[][] expected = TaskData.Vectors(data, "Wave"), found = SmallData.Scores(model.Transform(data));
        double mean = expected.SelectMany(row => row).Average();
        double variance = expected.SelectMany(row => row).Average(v => (v - mean) * (v - mean));
        double error = expected.Zip(found, (e, f) => e.Zip(f, (a, b) => ((double)a - b) * (a - b)).Average()).Average();
        Assert.IsGreaterThan(0.8, 1 - error / variance);
        Assert.AreEqual(Math.Sqrt(error), model.Model.History.Epochs[^1].RootMeanSquaredError!.Value, 0.15 * Math.Sqrt(error));
        AssertSavedIsSame(context, model, data);
    }

    [TestMethod]
    public void PredictionEngine_Sequence_GivesWhatTransformGives()
    {
        MLContext context = new(seed: 1);
        TaskData.Sequence[] rows = TaskData.Sequences(20);
        IDataView data = context.Data.LoadFromEnumerable(rows);
        SnnPredictionTransformer model = context.Snn().Train(TaskData.Options("Classes", 2)).Fit(data);
        float[][] expected = SmallData.Scores(model.Transform(data));
        SchemaDefinition output = SchemaDefinition.Create(typeof(Prediction));

        using var engine = context.Model.CreatePredictionEngine<TaskData.Sequence, Prediction>(model, outputSchemaDefinition: output);

        for (int n = 0; n < rows.Length; n++)
        {
            Prediction found = engine.Predict(rows[n]);
            CollectionAssert.AreEqual(expected[n], found.Score.DenseValues().ToArray());
            Assert.AreEqual(TaskData.Sequence.Steps, found.PredictedLabel.Length);
        }
    }

    private static double RSquared(float[][] expected, float[][] found, int output)
    {
        double mean = expected.Average(row => row[output]);
        return 1 - expected.Zip(found, (e, f) => ((double)e[output] - f[output]) * (e[output] - f[output])).Sum()
            / expected.Sum(row => (row[output] - mean) * (row[output] - mean));
    }

    private static uint[][] Keys(IDataView data, string column) =>
        [.. data.GetColumn<VBuffer<uint>>(data.Schema[column]).Select(v => v.DenseValues().ToArray())];

    private static void AssertSavedIsSame(MLContext context, SnnPredictionTransformer model, IDataView data)
    {
        using MemoryStream file = new();
        context.Model.Save(model, data.Schema, file);
        file.Position = 0;

        ITransformer loaded = new MLContext().Model.Load(file, out _);

        SmallData.AssertSame(SmallData.Scores(model.Transform(data)), SmallData.Scores(loaded.Transform(data)));
        SnnModelParameters after = ((SnnPredictionTransformer)loaded).Model;
        Assert.AreEqual(model.Model.Task, after.Task);
        Assert.AreEqual(model.Model.History.Epochs[^1], after.History.Epochs[^1]);
    }

    private sealed class Prediction
    {
        public VBuffer<float> Score { get; set; }

        [KeyType(2)]
        public VBuffer<uint> PredictedLabel { get; set; }
    }
}
