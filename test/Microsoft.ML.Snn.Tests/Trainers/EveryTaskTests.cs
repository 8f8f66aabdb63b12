using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>What ML.NET offers around a trainer works for the model of every task.</summary>
[TestClass]
public sealed class EveryTaskTests
{
    /// <summary>An engine belongs to a thread, the model to all: each of many engines gives what Transform gives, at the same time.</summary>
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void PredictionEngines_OnSeveralThreads_GiveWhatTransformGives()
    {
        MLContext context = new(seed: 1);
        TaskData.Flower[] rows = TaskData.FlowerRows(context);
        IDataView flowers = TaskData.Flowers(context);
        Check<NumberScore>(context.Snn().Train(TaskData.Options("IsVirginica", 3)).Fit(flowers), p => [p.Score]);
        Check<NumberScore>(context.Snn().Train(TaskData.Options("PetalWidth", 3)).Fit(flowers), p => [p.Score]);
        Check<NumberScore>(context.BinaryClassification.Trainers.Snn(TaskData.Options("IsVirginica", 3)).Fit(flowers), p => [p.Score]);
        Check<NumberScore>(context.Regression.Trainers.Snn(TaskData.Options("PetalWidth", 3)).Fit(flowers), p => [p.Score]);
        Check<VectorScore>(context.Snn().Train(TaskData.Options("Species", 3)).Fit(flowers), p => p.Score);
        Check<VectorScore>(context.Snn().Train(TaskData.Options("Sizes", 3)).Fit(flowers), p => p.Score);
        SnnTrainer.Options flags = TaskData.Options("Flags", 3);
        flags.Task = SnnTask.MultiLabelClassification;
        Check<VectorScore>(context.Snn().Train(flags).Fit(flowers), p => p.Score);

        void Check<TPrediction>(ITransformer model, Func<TPrediction, float[]> scoreOf)
            where TPrediction : class, new()
        {
            IDataView scored = model.Transform(flowers);
            float[][] expected = scored.Schema["Score"].Type is VectorDataViewType
                ? TaskData.Vectors(scored, "Score") : [.. scored.GetColumn<float>("Score").Select(score => new[] { score })];
            Assert.IsGreaterThan(10, expected.Select(score => score[0]).Distinct().Count());
            Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
            {
                using var engine = context.Model.CreatePredictionEngine<TaskData.Flower, TPrediction>(model);
                for (int n = 0; n < rows.Length; n++)
                {
                    int row = ((n * 7) + (thread * 13)) % rows.Length;
                    CollectionAssert.AreEqual(expected[row], scoreOf(engine.Predict(rows[row])));
                }
            });
        }
    }

    /// <summary>
    /// Sixty-four pixels, is it an even digit? The probability is right as it is; a calibrator of ML.NET fits our score and makes it no worse.
    /// </summary>
    [TestMethod]
    [RequiresData(SmallData.DigitsPath, SmallData.DigitsTestPath)]
    public void Probability_OfDigitsThatWereNotLearned_IsCalibratedAndPlattAgrees()
    {
        MLContext context = new(seed: 1);
        IDataView learned = Prepare(SmallData.DigitsPath), fresh = Prepare(SmallData.DigitsTestPath);
        var halves = context.Data.TrainTestSplit(fresh, testFraction: 0.5, seed: 1);
        var model = context.BinaryClassification.Trainers.Snn("IsEven", numberOfHiddenNeurons: 64, numberOfEpochs: 12).Fit(learned);

        IDataView scored = model.Transform(halves.TestSet);
        CalibratedBinaryClassificationMetrics own = context.BinaryClassification.Evaluate(scored, "IsEven");
        var platt = context.BinaryClassification.Calibrators.Platt("IsEven").Fit(model.Transform(halves.TrainSet));
        IDataView calibrated = platt.Transform(scored);
        CalibratedBinaryClassificationMetrics after = context.BinaryClassification.Evaluate(calibrated, "IsEven");
        Console.WriteLine($"log-loss {own.LogLoss:F4} and {after.LogLoss:F4}, calibration {CalibrationError(scored):F4} and {CalibrationError(calibrated):F4}, accuracy {own.Accuracy:F4}");
        Assert.IsGreaterThan(0.88, own.Accuracy);
        Assert.IsLessThan(0.4, own.LogLoss, "A fair coin costs one bit.");
        Assert.IsLessThan(0.06, CalibrationError(scored));
        Assert.AreEqual(own.LogLoss, after.LogLoss, 0.05);
        Assert.AreEqual(own.AreaUnderRocCurve, after.AreaUnderRocCurve, 1e-6, "A calibrator keeps the order.");

        IDataView Prepare(string path)
        {
            IDataView digits = SmallData.Digits(context, path);
            return context.Transforms.NormalizeMinMax("Features")
                .Append(context.Transforms.CustomMapping<Digit, Question>((digit, question) => question.IsEven = digit.Label % 2 == 0, null))
                .Fit(SmallData.Digits(context, SmallData.DigitsPath)).Transform(digits);
        }
    }

    /// <summary>One-versus-all trains on the cached features, and so may any pipeline.</summary>
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void OneVersusAll_BehindACache_IsEvaluatedAndCrossValidated()
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = TaskData.Options("Species", 200);
        var pipeline = context.Transforms.CopyColumns("Copy", "Features").AppendCacheCheckpoint(context)
            .Append(context.MulticlassClassification.Trainers.OneVersusAll(context.BinaryClassification.Trainers.Snn(options), "Species"));

        var folds = context.MulticlassClassification.CrossValidate(TaskData.Flowers(context), pipeline, numberOfFolds: 3, labelColumnName: "Species");

        Assert.IsTrue(folds.All(fold => fold.Metrics.MicroAccuracy > 0.8), string.Join(' ', folds.Select(fold => fold.Metrics.MicroAccuracy)));
    }

    /// <summary>The mean distance between what is said and what is, over ten ranges of the probability.</summary>
    private static double CalibrationError(IDataView scored)
    {
        float[] said = [.. scored.GetColumn<float>("Probability")];
        bool[] labels = [.. scored.GetColumn<bool>("IsEven")];
        Assert.IsTrue(said.All(p => p is >= 0 and <= 1));
        IEnumerable<IGrouping<int, (float Said, bool Label)>> ranges = said.Zip(labels).GroupBy(row => Math.Min(9, (int)(10 * row.First)));
        return ranges.Sum(range => Math.Abs(range.Sum(row => row.Said - (row.Label ? 1.0 : 0)))) / said.Length;
    }

    private sealed class NumberScore
    {
        public float Score { get; set; }
    }

    private sealed class VectorScore
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Digit
    {
        public float Label { get; set; }
    }

    private sealed class Question
    {
        public bool IsEven { get; set; }
    }
}
