using System;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Going on: from an earlier model, from a checkpoint, and with the options that watch over a training.</summary>
[TestClass]
public sealed class SnnTrainerContinueTests
{
    [TestMethod]
    public void Fit_EarlierModel_StartsWithItsWeights()
    {
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 200);
        SnnPredictionTransformer earlier = context.Snn().Train(SmallData.Quick(30)).Fit(data);
        SnnTrainer.Options options = SmallData.Quick(1);
        options.NumberOfHiddenNeurons = 99;
        options.Optimizer = new Sgd(1e-30);

        SnnPredictionTransformer again = context.Snn().Train(options).Fit(data, earlier.Model);
        SnnPredictionTransformer validated = context.Snn().Train(options).Fit(data, data, earlier.Model);

        SmallData.AssertSame(SmallData.Scores(earlier.Transform(data)), SmallData.Scores(again.Transform(data)));
        SmallData.AssertSame(SmallData.Scores(earlier.Transform(data)), SmallData.Scores(validated.Transform(data)));
        Assert.IsLessThan(earlier.Model.History.Epochs[0].Loss / 2, again.Model.History.Epochs[0].Loss);
    }

    [TestMethod]
    public void Fit_EarlierModelOfAnotherShape_SaysWhatDiffers()
    {
        MLContext context = new(seed: 1);
        SnnPredictionTransformer earlier = SmallData.QuickModel(context);

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => context.Snn().Train(SmallData.Quick()).Fit(SmallData.YinYang(context, 60), earlier.Model));

        StringAssert.StartsWith(error.Message, "The earlier model must have the network, input and classes of this training, but it is ", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Train_GroupsClippingAndSchedule_AreInTheHistory()
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = SmallData.Quick(4);
        options.Optimizer = new Adam(0.02) { Schedule = LearningRateSchedule.Step(1, 0.5) };
        options.OptimizerGroups = [new OptimizerGroup(null, "hidden 1 to output")];
        options.MaximumGradientNorm = 1e-6;

        SnnModelParameters model = context.Snn().Train(options).Fit(LabelledRow.Load(context, 64)).Model;

        CollectionAssert.AreEqual(new[] { 0.02, 0.01, 0.005, 0.0025 }, model.History.Epochs.Select(e => e.LearningRate).ToArray());
        Assert.IsTrue(model.History.Epochs.All(e => e.ClippedBatches == 1 && e.GradientNorm > 1e-6));
        Assert.AreEqual(StopReason.LastEpoch, model.History.StopReason);
    }

    [TestMethod]
    public void Train_Resume_GoesOnWithTheSameBits()
    {
        using TemporaryFolder folder = new();
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 64);
        SnnTrainer.Options options = SmallData.Quick(6);
        float[][] expected = SmallData.Scores(context.Snn().Train(options).Fit(data).Transform(data));
        options.CheckpointDirectory = folder.PathOf("checkpoints");
        options.Resume = true;
        options.NumberOfEpochs = 3;
        context.Snn().Train(options).Fit(data);
        options.NumberOfEpochs = 6;

        SnnPredictionTransformer resumed = context.Snn().Train(options).Fit(data);

        SmallData.AssertSame(expected, SmallData.Scores(resumed.Transform(data)));
        Assert.HasCount(6, resumed.Model.History.Epochs);
        Assert.HasCount(2, Directory.GetFiles(options.CheckpointDirectory));
    }

    [TestMethod]
    public void Train_OptionsThatCannotWork_AreRefused()
    {
        MLContext context = new();
        SnnTrainer.Options resume = SmallData.Quick(), time = SmallData.Quick(), spikes = SmallData.Quick(), noise = SmallData.Quick();
        resume.Resume = true;
        time.MaximumTrainingTime = TimeSpan.Zero;
        spikes.Augmentations = [Augmentation.DropSpikes(0.1)];
        noise.Augmentations = [Augmentation.AddNoise(0.1)];

        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentException>(() => context.Snn().Train(resume)).Message, "Resume needs CheckpointDirectory", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.Snn().Train(time));
        StringAssert.Contains(
            Assert.Throws<Exception>(() => context.Snn().Train(spikes).Fit(LabelledRow.Load(context, 20))).Message,
            "Augmentations change spikes, but the features are plain vectors.", StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.Throws<Exception>(() => context.Snn().EncodeLatency("Features", outOfRange: OutOfRange.Clip).Append(context.Snn().Train(noise)).Fit(LabelledRow.Load(context, 20))).Message,
            "AddNoise changes plain vectors of features, but the features are a spike train", StringComparison.Ordinal);
    }
}
