using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>The width of a petal from its length and the sepal, with all that ML.NET does with a regression trainer.</summary>
[TestClass]
[RequiresData(SmallData.IrisPath)]
public sealed class RegressionTaskTests
{
    private static readonly MLContext s_context = new(seed: 1);
    private static readonly Lazy<IDataView> s_data = new(() => TaskData.Flowers(s_context));
    private static readonly Lazy<RegressionPredictionTransformer<SnnRegressionModelParameters>> s_model =
        new(() => Trainer().Fit(s_data.Value));

    [TestMethod]
    public void Evaluate_Iris_ExplainsTheVariance()
    {
        RegressionMetrics metrics = s_context.Regression.Evaluate(s_model.Value.Transform(s_data.Value), "PetalWidth");

        Assert.IsGreaterThan(0.9, metrics.RSquared);
        Assert.IsLessThan(0.25, metrics.RootMeanSquaredError);
    }

    [TestMethod]
    public void History_Epochs_ReportErrorsInTheUnitOfTheLabelAndNoAccuracy()
    {
        SnnTrainer.Options options = TaskData.Options("PetalWidth", 8);
        options.Optimizer = new Adam(1e-12);
        options.Algorithm = new EventProp();

        var model = s_context.Regression.Trainers.Snn(options).Fit(s_data.Value, s_data.Value);

        // Nothing is learned at this rate: the epoch's loss is that of the model, whose measure ML.NET takes on its own.
        RegressionMetrics metrics = s_context.Regression.Evaluate(model.Transform(s_data.Value), "PetalWidth");
        TrainingEpoch epoch = model.Model.History.Epochs[^1];
        Assert.IsNull(epoch.Accuracy);
        Assert.AreEqual(metrics.RootMeanSquaredError, epoch.RootMeanSquaredError!.Value, 1e-4);
        Assert.AreEqual(metrics.RootMeanSquaredError, epoch.ValidationRootMeanSquaredError!.Value, 1e-4);
        Assert.AreEqual(metrics.RSquared, epoch.RSquared!.Value, 1e-4);
        Assert.AreEqual(metrics.RSquared, epoch.ValidationRSquared!.Value, 1e-4);
        Assert.IsNull(epoch.ValidationAccuracy);
    }

    [TestMethod]
    public void Fit_LabelFarFromZero_LearnsTheSame()
    {
        TaskData.Flower[] rows = TaskData.FlowerRows(s_context);
        Array.ForEach(rows, row => row.PetalWidth = 5000 * row.PetalWidth - 70000);
        IDataView data = s_context.Data.LoadFromEnumerable(rows);

        var model = Trainer().Fit(data);

        Assert.IsGreaterThan(0.9, s_context.Regression.Evaluate(model.Transform(data), "PetalWidth").RSquared);
    }

    [TestMethod]
    public void CrossValidate_WithCache_ExplainsTheVarianceInEveryFold()
    {
        var pipeline = s_context.Transforms.CopyColumns("Copy", "Features").AppendCacheCheckpoint(s_context).Append(Trainer());

        var folds = s_context.Regression.CrossValidate(s_data.Value, pipeline, numberOfFolds: 3, labelColumnName: "PetalWidth");

        Assert.IsTrue(folds.All(fold => fold.Metrics.RSquared > 0.75), string.Join(' ', folds.Select(fold => fold.Metrics.RSquared)));
    }

    [TestMethod]
    public void PermutationFeatureImportance_Iris_NamesThePetal()
    {
        var importance = s_context.Regression.PermutationFeatureImportance(s_model.Value, s_data.Value, "PetalWidth");

        double[] change = [.. importance.Select(feature => feature.RSquared.Mean)];
        Assert.AreEqual(change.Min(), change[2], string.Join(' ', change));
        Assert.IsLessThan(-0.5, change[2]);
    }

    [TestMethod]
    public void Train_SingleLabel_InfersTheTaskAndGivesTheSameScores()
    {
        SnnPredictionTransformer inferred = s_context.Snn().Train(TaskData.Options("PetalWidth")).Fit(s_data.Value);

        Assert.AreEqual(SnnTask.Regression, inferred.Model.Task);
        CollectionAssert.AreEqual(
            s_model.Value.Transform(s_data.Value).GetColumn<float>("Score").ToArray(),
            inferred.Transform(s_data.Value).GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Load_FreshProcess_GivesTheSameError(bool inferred)
    {
        using TemporaryFolder folder = new();
        IDataView data = s_context.Transforms.CopyColumns("Label", "PetalWidth").Fit(s_data.Value).Transform(s_data.Value);
        SnnTrainer.Options options = TaskData.Options("Label", 3);
        ITransformer model = inferred
            ? s_context.Snn().Train(options).Fit(data)
            : s_context.Regression.Trainers.Snn(options).Fit(data);
        double expected = s_context.Regression.Evaluate(model.Transform(data)).RootMeanSquaredError;
        s_context.Model.Save(model, data.Schema, folder.PathOf("model.zip"));
        using (FileStream rows = File.Create(folder.PathOf("rows.idv")))
        {
            s_context.Data.SaveAsBinary(data, rows);
        }

        string printed = FreshProcess.Run(folder.PathOf("model.zip"), folder.PathOf("rows.idv"));

        Assert.AreEqual(expected, double.Parse(printed, CultureInfo.InvariantCulture));
    }

    private static SnnRegressionTrainer Trainer(int epochs = 200) =>
        s_context.Regression.Trainers.Snn(TaskData.Options("PetalWidth", epochs));
}
