using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Fit(train, validation) keeps the best epoch; seeds and threads do what the options say.</summary>
[TestClass]
public sealed class SnnTrainerValidationTests
{
    [TestMethod]
    public void Fit_WithValidation_KeepsTheWeightsOfTheBestEpoch()
    {
        MLContext context = new(seed: 5);
        IDataView train = SmallData.YinYang(context, 40), validation = SmallData.YinYang(context, 200, YinYang.ValidationSeed);
        SnnTrainer.Options options = Overfitting(epochs: 40);

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(train, validation);

        TrainingHistory history = model.Model.History;
        Assert.AreEqual(history.Epochs.MinBy(epoch => epoch.ValidationLoss)!.Epoch, history.BestEpoch);
        Assert.IsLessThan(history.Epochs.Count, history.BestEpoch, "The case must overfit, or it shows nothing.");

        // The kept weights give the loss that the history reports, and are those of a training that ended there.
        double logLoss = context.MulticlassClassification.Evaluate(model.Transform(validation)).LogLoss;
        Assert.AreEqual(history.Epochs[history.BestEpoch - 1].ValidationLoss!.Value, logLoss, 1e-5);
        SnnPredictionTransformer shorter = context.Snn().Train(Overfitting(history.BestEpoch)).Fit(train);
        SmallData.AssertSame(SmallData.Scores(shorter.Transform(validation)), SmallData.Scores(model.Transform(validation)));
    }

    [TestMethod]
    public void Fit_EarlyStopping_StopsWhenPatienceIsExhausted()
    {
        MLContext context = new(seed: 5);
        IDataView train = SmallData.YinYang(context, 40), validation = SmallData.YinYang(context, 200, YinYang.ValidationSeed);
        SnnTrainer.Options options = Overfitting(epochs: 200);
        options.EarlyStopping = new EarlyStopping(patience: 4);

        TrainingHistory history = context.Snn().Train(options).Fit(train, validation).Model.History;

        Assert.AreEqual(history.BestEpoch + 4, history.Epochs.Count);
        Assert.IsLessThan(200, history.Epochs.Count);
        Assert.IsFalse(history.WasCancelled);
    }

    [TestMethod]
    public void Fit_WithoutValidation_KeepsTheLastEpoch()
    {
        TrainingHistory history = SmallData.QuickModel(new MLContext()).Model.History;

        Assert.AreEqual(2, history.BestEpoch);
        Assert.HasCount(2, history.Epochs);
        Assert.IsNull(history.Epochs[0].ValidationLoss);
    }

    [TestMethod]
    public void Fit_OneOrTwoThreads_GivesTheSameBits()
    {
        MLContext context = new();
        IDataView data = SmallData.YinYang(context, 300);

        SnnModelParameters[] models = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            SnnTrainer.Options options = SmallData.Quick();
            options.NumberOfThreads = threads;
            options.Network = SnnNetwork.Sequential(Layer.Dense(20, recurrent: true), Layer.Dense(9), Layer.Output());
            return context.Snn().Train(options).Fit(data).Model;
        })];

        float[][] expected = [.. models[0].GetWeights().Select(w => w.Values.ToArray())];
        Assert.HasCount(4, expected);
        foreach (SnnModelParameters model in models)
        {
            SmallData.AssertSame(expected, [.. model.GetWeights().Select(w => w.Values.ToArray())]);
            Assert.AreEqual(models[0].History.Epochs[^1].Loss, model.History.Epochs[^1].Loss);
        }
    }

    [TestMethod]
    public void Fit_Seed_IsThatOfTheOptionsThenOfTheContextThenZero()
    {
        SnnModelParameters none = Model(null, null), zero = Model(null, 0), fromContext = Model(7, null), fromOptions = Model(9, 7);

        Assert.AreEqual(0, none.History.Seed);
        Assert.AreEqual(7, fromContext.History.Seed);
        Assert.AreEqual(7, fromOptions.History.Seed);
        CollectionAssert.AreEqual(WeightsOf(none), WeightsOf(zero));
        CollectionAssert.AreEqual(WeightsOf(fromContext), WeightsOf(fromOptions));
        CollectionAssert.AreNotEqual(WeightsOf(none), WeightsOf(fromContext));

        static float[] WeightsOf(SnnModelParameters model) => model.GetWeights()[0].Values.ToArray();

        static SnnModelParameters Model(int? contextSeed, int? seed)
        {
            MLContext context = new(contextSeed);
            SnnTrainer.Options options = SmallData.Quick();
            options.Seed = seed;
            return context.Snn().Train(options).Fit(LabelledRow.Load(context, 40)).Model;
        }
    }

    private static SnnTrainer.Options Overfitting(int epochs) => new()
    {
        NumberOfHiddenNeurons = 32,
        BatchSize = 8,
        NumberOfEpochs = epochs,
        Optimizer = new Adam(0.05),
    };
}
