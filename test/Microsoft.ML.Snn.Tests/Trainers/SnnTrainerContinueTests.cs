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

        StringAssert.StartsWith(error.Message, "The earlier model must have the network, input and classes of this training, but it was trained on a plain vector of 2 features, not on a plain vector of 4 features.", StringComparison.Ordinal);
    }

    /// <summary>A model that was loaded has no description of its network, and its synapses have moved: a training goes on from it all the same.</summary>
    [TestMethod]
    public void Fit_LoadedModel_GoesOnAsTheModelInMemory()
    {
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 64);
        SnnNetwork stack = SnnNetwork.Sequential(
            Layer.Dense(12, new IntegrateFire { Learned = LearnedParameters.Bias }, new AlphaSynapse(3), recurrent: true), Layer.Output(Readout.MaximumMembrane));
        SnnNetwork own = SnnNetwork.Sequential(Layer.Dense(12, Neuron.Custom(new OwnNeurons.QuadraticNeuron())), Layer.Output());
        foreach (SnnNetwork network in (SnnNetwork[])[Rewired(), stack, own])
        {
            SnnTrainer.Options options = SmallData.Quick(6), still = SmallData.Quick(1);
            options.Network = network;
            SnnPredictionTransformer earlier = context.Snn().Train(options).Fit(data), loaded = Reloaded(context, earlier, data);
            float[][] expected = SmallData.Scores(earlier.Transform(data));
            still.Optimizer = new Sgd(1e-30);
            foreach (SnnNetwork? given in (SnnNetwork?[])[null, network])
            {
                still.Network = given;
                SmallData.AssertSame(expected, SmallData.Scores(context.Snn().Train(still).Fit(data, loaded.Model).Transform(data)));
                SmallData.AssertSame(expected, SmallData.Scores(context.Snn().Train(still).Fit(data, earlier.Model).Transform(data)));
            }

            // Learning goes on as well, with the rewiring that the network was described with.
            Assert.AreEqual(network.Layers.Count == 0, earlier.Model.History.Epochs.Sum(e => e.RewiredSynapses) > 0);
            options.Network = null;
            SnnPredictionTransformer again = context.Snn().Train(options).Fit(data, loaded.Model);
            SmallData.AssertSame(SmallData.Scores(context.Snn().Train(options).Fit(data, earlier.Model).Transform(data)), SmallData.Scores(again.Transform(data)));
            Assert.AreEqual(network.Layers.Count == 0, again.Model.History.Epochs.Sum(e => e.RewiredSynapses) > 0);
        }
    }

    /// <summary>What the tables of a network leave out counts as well: weights would go to other synapses.</summary>
    [TestMethod]
    public void Fit_EarlierModelOfAnotherNetworkOfTheSameTable_SaysWhatDiffers()
    {
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 32);
        SnnTrainer.Options options = SmallData.Quick(1);
        options.Network = Pairs(first: 0, threshold: 1);
        SnnModelParameters earlier = context.Snn().Train(options).Fit(data).Model;
        foreach ((SnnNetwork other, string difference) in ((SnnNetwork, string)[])
        [
            (Pairs(first: 1, threshold: 1), "its connection 'input to few' has other numbers or synapses."),
            (Pairs(first: 0, threshold: 0.5), "its population 'few' has other numbers or synapses."),
            (SnnNetwork.Sequential(Layer.Dense(3), Layer.Output()), "it has \"few, [4], leaky integrate-and-fire, membrane 20 ms\", not \"hidden 1, [3], leaky integrate-and-fire, membrane 20 ms\"."),
        ])
        {
            options.Network = other;
            var error = Assert.ThrowsExactly<InvalidOperationException>(() => context.Snn().Train(options).Fit(data, earlier));
            StringAssert.StartsWith(
                error.Message, $"The earlier model must have the network, input and classes of this training, but {difference}", StringComparison.Ordinal);
        }
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

    private static SnnPredictionTransformer Reloaded(MLContext context, SnnPredictionTransformer model, IDataView data)
    {
        using MemoryStream stream = new();
        context.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        return (SnnPredictionTransformer)context.Model.Load(stream, out _);
    }

    /// <summary>Weights so small that training moves many synapses, with a pull that is too weak to change a score.</summary>
    private static SnnNetwork Rewired() => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input(), hidden = graph.Population("hidden", 12), output = graph.Output();
        graph.Connect(input, hidden);
        graph.Connect(hidden, output, Connectivity.Sparse(0.5, rewiring: new DeepRewiring(1e-12)), weights: Weights.Normal(0, 0.02));
    });

    private static SnnNetwork Pairs(int first, double threshold) => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input(), few = graph.Population("few", 4, new LeakyIntegrateFire { Threshold = threshold }), output = graph.Output();
        graph.Connect(input, few, Connectivity.Pairs(Enumerable.Range(0, 4).Select(n => ((n + first) % 2, n))), weights: Weights.Of(3));
        graph.Connect(few, output);
    });
}
