using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Experiments;

/// <summary>An experiment finds a good model of a real table, survives what fails, and can be repeated and cancelled.</summary>
[TestClass]
public sealed class MulticlassExperimentTests
{
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Execute_Iris_FindsAModelThatPredictsTheValuesOfTheFile()
    {
        MLContext context = new(seed: 1);
        DataOperationsCatalog.TrainTestData split = context.Data.TrainTestSplit(SmallData.Iris(context), 0.3);
        List<int> reported = [];

        ExperimentResult<MulticlassClassificationMetrics> result = Experiment(context, maxModels: 4)
            .Execute(split.TrainSet, progressHandler: new Relay(run => reported.Add(run.Run)));

        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4 }, reported);
        Assert.AreEqual(result.RunDetails.Max(run => run.Score), result.BestRun.Score);
        Assert.IsTrue(result.BestRun.WasRefitOnAllRows);
        IDataView scored = result.BestRun.Model!.Transform(split.TestSet);
        Assert.IsGreaterThan(0.88, context.MulticlassClassification.Evaluate(
            scored, predictedLabelColumnName: "PredictedLabel").MicroAccuracy);
        Assert.IsEmpty(scored.GetColumn<float>("PredictedLabel").Except([0f, 1f, 2f]));

        using MemoryStream file = new();
        context.Model.Save(result.BestRun.Model, split.TrainSet.Schema, file);
        file.Position = 0;
        IDataView again = new MLContext().Model.Load(file, out _).Transform(split.TestSet);
        CollectionAssert.AreEqual(
            scored.GetColumn<float>("PredictedLabel").ToArray(), again.GetColumn<float>("PredictedLabel").ToArray());
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Execute_TwiceWithOneSeed_GivesTheSameRuns()
    {
        (SnnTrialSettings?, double)[] Run()
        {
            MLContext context = new(seed: 5);
            return [.. Experiment(context, maxModels: 5).Execute(SmallData.Iris(context)).RunDetails.Select(run => (run.Settings, run.Score))];
        }

        CollectionAssert.AreEqual(Run(), Run());
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Execute_RivalsAndFailures_AreRunsLikeOthers()
    {
        MLContext context = new(seed: 1);
        MulticlassExperimentSettings settings = new() { MaxModels = 3 };
        settings.Rivals.Add(new ExperimentRival("Sdca", context.MulticlassClassification.Trainers.SdcaMaximumEntropy()));
        settings.Rivals.Add(new ExperimentRival("Broken", context.MulticlassClassification.Trainers.SdcaMaximumEntropy(featureColumnName: "Nothing")));

        var result = context.Snn().CreateMulticlassClassificationExperiment(settings).Execute(SmallData.Iris(context));

        CollectionAssert.AreEqual(new[] { "Snn", "Sdca", "Broken" }, result.RunDetails.Select(run => run.TrainerName).ToArray());
        Assert.IsGreaterThan(0.5, result.RunDetails[1].Score);
        StringAssert.Contains(result.RunDetails[2].Exception!.ToString(), "Nothing", StringComparison.Ordinal);
        Assert.IsTrue(double.IsNaN(result.RunDetails[2].Score));
        Assert.IsNull(result.RunDetails[2].Model);
        Assert.AreNotEqual("Broken", result.BestRun.TrainerName);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Execute_Folds_TrainsEachRunOncePerFold()
    {
        MLContext context = new(seed: 1);

        var result = Experiment(context, maxModels: 2).Execute(SmallData.Iris(context), numberOfCVFolds: 3);

        Assert.HasCount(2, result.RunDetails);
        Assert.HasCount(3, result.BestRun.Results);
        Assert.AreEqual(result.BestRun.Results.Average(fold => fold.ValidationMetrics!.MicroAccuracy), result.BestRun.Score, 1e-12);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Execute_Cancelled_ReturnsWhatWasFound()
    {
        MLContext context = new(seed: 1);
        using CancellationTokenSource stop = new();
        MulticlassExperimentSettings settings = new() { CancellationToken = stop.Token };

        var result = context.Snn().CreateMulticlassClassificationExperiment(settings).Execute(
            SmallData.Iris(context), progressHandler: new Relay(run =>
            {
                if (run.Run == 2)
                {
                    stop.Cancel();
                }
            }));

        Assert.IsTrue(result.WasCancelled);
        Assert.HasCount(2, result.RunDetails);
        Assert.IsNotNull(result.BestRun.Model);
    }

    [TestMethod]
    public void Execute_TextNumbersAndFreeText_WorksOutWhatTheyAreFor()
    {
        MLContext context = new(seed: 1);
        Random random = new(1);

        // Colour alone says the class; the name is different in every row, and nobody may learn from it.
        Row[] rows = [.. Enumerable.Range(0, 300).Select(n =>
        {
            string colour = (n % 3) switch { 0 => "red", 1 => "green", _ => "blue" };
            return new Row { Name = $"row {n}", Colour = colour, Number = random.Next(100), Missing = n % 5 == 0 ? float.NaN : n % 7, Kind = colour == "red" ? "warm" : "cold" };
        })];

        var result = Experiment(context, maxModels: 1).Execute(context.Data.LoadFromEnumerable(rows), labelColumnName: "Kind");

        Assert.AreEqual(1, result.BestRun.Score);
        using PredictionEngine<Row, Predicted> engine = context.Model.CreatePredictionEngine<Row, Predicted>(result.BestRun.Model!);
        Assert.AreEqual("warm", engine.Predict(new Row { Name = "new", Colour = "red", Number = 3, Missing = 1 }).PredictedLabel);
    }

    [TestMethod]
    public void Execute_NothingToLearnFrom_SaysWhatToDo()
    {
        MLContext context = new();
        IDataView names = context.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(n => new NamesOnly { Name = $"row {n}", Kind = $"{n % 2}" }));
        MulticlassClassificationExperiment experiment = Experiment(context, maxModels: 1);

        string nothing = Assert.Throws<ArgumentException>(() => experiment.Execute(names, "Kind")).Message;
        string missing = Assert.Throws<ArgumentException>(() => experiment.Execute(names, "Species")).Message;

        StringAssert.Contains(nothing, "CategoricalColumnNames", StringComparison.Ordinal);
        StringAssert.Contains(missing, "'Species', but has Name, Kind", StringComparison.Ordinal);
    }

    private static MulticlassClassificationExperiment Experiment(MLContext context, int maxModels) =>
        context.Snn().CreateMulticlassClassificationExperiment(new MulticlassExperimentSettings { MaxModels = maxModels });

    private sealed class Relay(Action<RunDetail<MulticlassClassificationMetrics>> action) : IProgress<RunDetail<MulticlassClassificationMetrics>>
    {
        public void Report(RunDetail<MulticlassClassificationMetrics> value) => action(value);
    }

    private sealed class Row
    {
        public string Name { get; set; } = "";

        public string Colour { get; set; } = "";

        public int Number { get; set; }

        public float Missing { get; set; }

        public string Kind { get; set; } = "";
    }

    private sealed class Predicted
    {
        public string PredictedLabel { get; set; } = "";
    }

    private sealed class NamesOnly
    {
        public string Name { get; set; } = "";

        public string Kind { get; set; } = "";
    }
}
