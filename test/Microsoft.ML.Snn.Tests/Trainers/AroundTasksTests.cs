using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>
/// For every task, on real files: a cache before the trainer, folds, the evaluators of ML.NET, and permutation importance where ML.NET has
/// it. It has no evaluator for labels that are vectors: there each number of the vector is evaluated, as docs/tasks.md shows.
/// </summary>
[TestClass]
public sealed class AroundTasksTests
{
    private const int Petal = 2;

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Multiclass_CachedFoldsAndImportance_Work()
    {
        MLContext context = new(seed: 1);
        IDataView flowers = TaskData.Flowers(context);
        var trainer = context.MulticlassClassification.Trainers.Snn(TaskData.Options("Species", 100));

        var folds = context.MulticlassClassification.CrossValidate(flowers, Cached(context, trainer), 3, "Species");
        var model = trainer.Fit(flowers);
        var importance = context.MulticlassClassification.PermutationFeatureImportance(model, flowers, "Species");

        AssertAbove(0.85, folds, fold => fold.MicroAccuracy);
        Assert.IsGreaterThan(0.93, context.MulticlassClassification.Evaluate(model.Transform(flowers), "Species").MicroAccuracy);
        AssertPetal(importance, feature => feature.MicroAccuracy.Mean);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Binary_OfEitherCatalog_CachedFoldsAndImportanceWork()
    {
        MLContext context = new(seed: 1);
        IDataView flowers = TaskData.Flowers(context);
        SnnTrainer.Options options = TaskData.Options("IsVirginica", 100);

        var folds = context.BinaryClassification.CrossValidate(flowers, Cached(context, context.Snn().Train(options)), 3, "IsVirginica");
        SnnPredictionTransformer inferred = context.Snn().Train(options).Fit(flowers);
        BinaryPredictionTransformer<SnnBinaryModelParameters> typed = context.BinaryClassification.Trainers.Snn(options).Fit(flowers);

        AssertAbove(0.85, folds, fold => fold.Accuracy);
        AssertPetal(context.BinaryClassification.PermutationFeatureImportance(inferred, flowers, "IsVirginica"), feature => feature.Accuracy.Mean);
        AssertPetal(context.BinaryClassification.PermutationFeatureImportance(typed, flowers, "IsVirginica"), feature => feature.Accuracy.Mean);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Regression_OfEitherCatalog_CachedFoldsAndImportanceWork()
    {
        MLContext context = new(seed: 1);
        IDataView flowers = TaskData.Flowers(context);
        SnnTrainer.Options options = TaskData.Options("PetalWidth", 100);

        var folds = context.Regression.CrossValidate(flowers, Cached(context, context.Snn().Train(options)), 3, "PetalWidth");
        SnnPredictionTransformer inferred = context.Snn().Train(options).Fit(flowers);
        RegressionPredictionTransformer<SnnRegressionModelParameters> typed = context.Regression.Trainers.Snn(options).Fit(flowers);

        AssertAbove(0.8, folds, fold => fold.RSquared);
        AssertPetal(context.Regression.PermutationFeatureImportance(inferred, flowers, "PetalWidth"), feature => feature.RSquared.Mean);
        AssertPetal(context.Regression.PermutationFeatureImportance(typed, flowers, "PetalWidth"), feature => feature.RSquared.Mean);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void MultiOutputRegression_CachedFolds_EachNumberIsEvaluated()
    {
        MLContext context = new(seed: 1);
        foreach (IDataView scored in Folds(context, TaskData.Flowers(context), Cached(context, context.Snn().Train(TaskData.Options("Sizes", 100)))))
        {
            for (int n = 0; n < 2; n++)
            {
                Assert.IsGreaterThan(n == 0 ? 0.8 : 0.6, context.Regression.Evaluate(Numbers(context, scored, "Sizes", row => row[n])).RSquared);
            }
        }
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void MultiLabel_CachedFolds_EachQuestionIsEvaluated()
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = TaskData.Options("Flags");
        options.Task = SnnTask.MultiLabelClassification;
        foreach (IDataView scored in Folds(context, TaskData.Flowers(context), Cached(context, context.Snn().Train(options))))
        {
            float[][] labels = TaskData.Vectors(scored, "Flags"), scores = TaskData.Vectors(scored, "Score"), probabilities = TaskData.Vectors(scored, "Probability");
            for (int n = 0; n < 2; n++)
            {
                IDataView question = context.Data.LoadFromEnumerable(labels.Select((label, row) => new Answer
                {
                    Label = label[n] > 0.5,
                    Score = scores[row][n],
                    Probability = probabilities[row][n],
                    PredictedLabel = scores[row][n] > 0,
                }));
                CalibratedBinaryClassificationMetrics metrics = context.BinaryClassification.Evaluate(question);
                Assert.IsGreaterThan(n == 0 ? 0.97 : 0.85, metrics.Accuracy);
                Assert.IsLessThan(0.5, metrics.LogLoss);
            }
        }
    }

    [TestMethod]
    [RequiresData(TouchData.Path)]
    public void SequenceClassification_CachedFolds_EveryStepIsEvaluatedAndEnginesAgree()
    {
        MLContext context = new(seed: 1);
        TouchData.Touch[] touches = TouchData.Rows();
        IDataView rows = context.Data.LoadFromEnumerable(touches);
        SnnTrainer.Options options = TaskData.Options("Letters", 60);
        options.Optimizer = new Adam(0.1);
        var pipeline = TouchData.Encoding(context).Append(context.Snn().Train(options));
        foreach (IDataView scored in Folds(context, rows, pipeline))
        {
            float[][] scores = SmallData.Scores(scored);
            uint[][] letters = Keys(scored, "Letters"), predicted = Keys(scored, "PredictedLabel");
            MulticlassClassificationMetrics first = Evaluate(0), last = Evaluate(TouchData.Steps - 1);
            Assert.AreEqual(Math.Log(3), first.LogLoss, 1e-3, "Before it slides the finger cannot know which of three letters it is.");
            Assert.IsLessThan(0.5, last.LogLoss);
            Assert.IsGreaterThan(0.7, last.MicroAccuracy);

            MulticlassClassificationMetrics Evaluate(int step) => context.MulticlassClassification.Evaluate(context.Data.LoadFromEnumerable(
                scores.Select((score, row) => new Class
                {
                    // Keys that are vectors count from 1, those of a row's property from 0.
                    Label = letters[row][step] - 1,
                    Score = score[(3 * step)..(3 * step + 3)],
                    PredictedLabel = predicted[row][step] - 1,
                })));
        }

        var model = pipeline.Fit(rows);
        float[][] expected = SmallData.Scores(model.Transform(rows));
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, thread =>
        {
            using var engine = context.Model.CreatePredictionEngine<TouchData.Touch, Scored>(model);
            for (int row = thread; row < touches.Length; row += 5)
            {
                CollectionAssert.AreEqual(expected[row], engine.Predict(touches[row]).Score.DenseValues().ToArray());
            }
        });
    }

    [TestMethod]
    [RequiresData(TouchData.Path)]
    public void SequenceRegression_CachedFolds_EveryStepIsEvaluated()
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = TaskData.Options("Mean", 60);
        options.Optimizer = new Adam(0.03);
        options.Task = SnnTask.SequenceRegression;
        foreach (IDataView scored in Folds(
            context, context.Data.LoadFromEnumerable(TouchData.Rows()), TouchData.Encoding(context).Append(context.Snn().Train(options))))
        {
            Assert.IsGreaterThan(0.25, context.Regression.Evaluate(Numbers(context, scored, "Mean", row => row)).RSquared);
        }
    }

    /// <summary>Its model has a model of ours per class, and is one more multiclass model.</summary>
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void OneVersusAll_ImportanceAndEngines_Work()
    {
        MLContext context = new(seed: 1);
        TaskData.Flower[] flowers = TaskData.FlowerRows(context);
        IDataView rows = context.Data.LoadFromEnumerable(flowers);
        var model = context.MulticlassClassification.Trainers
            .OneVersusAll(context.BinaryClassification.Trainers.Snn(TaskData.Options("Species", 100)), "Species").Fit(rows);

        var importance = context.MulticlassClassification.PermutationFeatureImportance(model, rows, "Species");

        AssertPetal(importance, feature => feature.MicroAccuracy.Mean);
        float[][] expected = SmallData.Scores(model.Transform(rows));
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, thread =>
        {
            using var engine = context.Model.CreatePredictionEngine<TaskData.Flower, Scored>(model);
            for (int row = thread; row < flowers.Length; row += 5)
            {
                CollectionAssert.AreEqual(expected[row], engine.Predict(flowers[row]).Score.DenseValues().ToArray());
            }
        });
    }

    private static EstimatorChain<ITransformer> Cached(MLContext context, IEstimator<ITransformer> trainer) =>
        context.Transforms.CopyColumns("Copy", "Features").AppendCacheCheckpoint(context).Append(trainer);

    /// <summary>The test rows of each of three folds, scored by what was trained on the others.</summary>
    private static IEnumerable<IDataView> Folds(MLContext context, IDataView rows, IEstimator<ITransformer> pipeline) => context.Data
        .CrossValidationSplit(rows, numberOfFolds: 3, seed: 1).Select(fold => pipeline.Fit(fold.TrainSet).Transform(fold.TestSet));

    /// <summary>Chosen numbers of the label and of the score, as rows of their own.</summary>
    private static IDataView Numbers(MLContext context, IDataView scored, string label, Func<float[], float[]> choose) =>
        context.Data.LoadFromEnumerable(TaskData.Vectors(scored, label).Zip(TaskData.Vectors(scored, "Score"))
            .SelectMany(row => choose(row.First).Zip(choose(row.Second), (expected, found) => new Number { Label = expected, Score = found })));

    private static IDataView Numbers(MLContext context, IDataView scored, string label, Func<float[], float> choose) =>
        Numbers(context, scored, label, row => [choose(row)]);

    private static uint[][] Keys(IDataView data, string column) =>
        [.. data.GetColumn<VBuffer<uint>>(data.Schema[column]).Select(v => v.DenseValues().ToArray())];

    private static void AssertAbove<TMetrics>(
        double bound, IEnumerable<TrainCatalogBase.CrossValidationResult<TMetrics>> folds, Func<TMetrics, double> metric)
        where TMetrics : class
    {
        double[] found = [.. folds.Select(fold => metric(fold.Metrics))];
        Assert.HasCount(3, found);
        Assert.IsTrue(found.All(value => value > bound), string.Join(' ', found));
    }

    /// <summary>The length of the petal tells most; without it the metric falls.</summary>
    private static void AssertPetal<TFeature>(IEnumerable<TFeature> importance, Func<TFeature, double> metric)
    {
        double[] changes = [.. importance.Select(metric)];
        Assert.HasCount(3, changes);
        Assert.IsLessThan(-0.2, changes[Petal], string.Join(' ', changes));
        Assert.AreEqual(changes.Min(), changes[Petal]);
    }

    private sealed class Number
    {
        public float Label { get; set; }

        public float Score { get; set; }
    }

    private sealed class Answer
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class Class
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(3)]
        public float[] Score { get; set; } = [];

        [KeyType(3)]
        public uint PredictedLabel { get; set; }
    }

    private sealed class Scored
    {
        public VBuffer<float> Score { get; set; }
    }
}
