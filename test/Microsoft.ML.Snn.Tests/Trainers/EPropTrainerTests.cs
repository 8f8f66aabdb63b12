using System;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>e-prop as a user of ML.NET meets it.</summary>
[TestClass]
public sealed class EPropTrainerTests
{
    [TestMethod]
    [DataRow(EPropFeedback.Symmetric)]
    [DataRow(EPropFeedback.Random)]
    [DataRow(EPropFeedback.Adaptive)]
    public void Train_YinYang_LearnsBeyondALine(EPropFeedback feedback)
    {
        MLContext context = new(seed: 1);
        IDataView test = SmallData.YinYang(context, 500, YinYang.TestSeed);

        SnnPredictionTransformer model = context.Snn()
            .Train(new SnnTrainer.Options { Algorithm = new EProp { Feedback = feedback } })
            .Fit(SmallData.YinYang(context, 2000));

        // Chance is 0.33, a linear classifier reaches 0.64.
        Assert.IsGreaterThan(0.75, context.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy);
    }

    [TestMethod]
    public void Train_AdaptiveNeuronsBehindDeltaSynapses_ScoresTheSameOnceSavedAndLoaded()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 1000);
        var neuron = new AdaptiveLeakyIntegrateFire { AdaptationTime = 50, AdaptationStrength = 0.2, ResetMode = ResetMode.Subtraction };
        SnnPredictionTransformer model = context.Snn().Train(new SnnTrainer.Options
        {
            Network = SnnNetwork.Sequential(
                Layer.Dense(64, neuron, new DeltaSynapse(), recurrent: true), Layer.Output(synapse: new DeltaSynapse())),
            Algorithm = new EProp { RateStrength = 0.1, RateTarget = 50, RateTime = 20 },
            NumberOfEpochs = 40,
        }).Fit(data);
        using var file = new MemoryStream();
        context.Model.Save(model, data.Schema, file);
        file.Position = 0;

        ITransformer loaded = new MLContext().Model.Load(file, out _);

        float[][] expected = SmallData.Scores(model.Transform(data)), actual = SmallData.Scores(loaded.Transform(data));
        CollectionAssert.AreEqual(expected.SelectMany(row => row).ToArray(), actual.SelectMany(row => row).ToArray());
        Assert.IsGreaterThan(0.7, context.MulticlassClassification.Evaluate(loaded.Transform(data)).MicroAccuracy);
    }

    [TestMethod]
    [DataRow(EPropMode.EventDriven)]
    [DataRow(EPropMode.Online)]
    public void Train_BiasOfTheOutput_IsLearnedAndKept(EPropMode mode)
    {
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 64);
        SnnTrainer.Options options = SmallData.Quick(10);
        options.Algorithm = new EProp { Mode = mode };
        options.Network = SnnNetwork.Sequential(
            Layer.Dense(16), Layer.Output(neuron: new LeakyIntegrator { Learned = LearnedParameters.Bias }));
        SnnPredictionTransformer model = context.Snn().Train(options).Fit(data, data);
        using var file = new MemoryStream();
        context.Model.Save(model, data.Schema, file);
        file.Position = 0;

        ITransformer loaded = new MLContext().Model.Load(file, out _);

        SmallData.AssertSame(SmallData.Scores(model.Transform(data)), SmallData.Scores(loaded.Transform(data)));
        SnnLearnedParameter bias = model.Model.GetLearnedParameters().Single();
        Assert.AreEqual(ParameterKind.Bias, bias.Kind);
        Assert.IsTrue(bias.Values.All(value => value != 0), "The biases must have moved.");

        // The loss of the validation, which is the training data, is that of the model itself.
        Assert.AreEqual(
            model.Model.History.Epochs.Min(epoch => epoch.ValidationLoss!.Value),
            context.MulticlassClassification.Evaluate(model.Transform(data)).LogLoss, 1e-4);
    }

    [TestMethod]
    public void Train_AdaptiveNeurons_LearnWithEitherAlgorithm()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 1000);
        foreach (LearningAlgorithm algorithm in new LearningAlgorithm[] { new EventProp(), new EProp() })
        {
            SnnPredictionTransformer model = context.Snn().Train(new SnnTrainer.Options
            {
                Network = SnnNetwork.Sequential(Layer.Dense(32, new AdaptiveLeakyIntegrateFire()), Layer.Output()),
                Algorithm = algorithm,
                NumberOfEpochs = 20,
            }).Fit(data);

            Assert.IsLessThan(0.9 * model.Model.History.Epochs[0].Loss, model.Model.History.Epochs[^1].Loss);
        }
    }

    [TestMethod]
    public void Train_RewiredGraph_MovesSynapsesLearnsAndScoresTheSameOnceLoaded()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 1000);
        SnnPredictionTransformer model = context.Snn().Train(new SnnTrainer.Options
        {
            Network = Graph(Connectivity.Sparse(0.5, rewiring: new DeepRewiring(2e-4))),
            Algorithm = new EProp(),
            NumberOfEpochs = 40,
        }).Fit(data);
        using var file = new MemoryStream();
        context.Model.Save(model, data.Schema, file);
        file.Position = 0;

        ITransformer loaded = new MLContext().Model.Load(file, out _);

        SmallData.AssertSame(SmallData.Scores(model.Transform(data)), SmallData.Scores(loaded.Transform(data)));
        Assert.IsGreaterThan(50L, model.Model.History.Epochs.Sum(epoch => epoch.RewiredSynapses));
        Assert.AreEqual(0L, model.Model.History.Epochs.Sum(epoch => epoch.RewiringFailures));

        // A linear classifier reaches 0.64.
        Assert.IsGreaterThan(0.7, context.MulticlassClassification.Evaluate(loaded.Transform(data)).MicroAccuracy);
    }

    [TestMethod]
    public void Train_NetworksThatEPropDoesNotKnow_SaysWhatIsTheMatter()
    {
        AssertSays("'h' has neurons of your own", new EProp(), Graph(neuron: Neuron.Custom(new OwnNeurons.QuadraticNeuron())));
        AssertSays("'h' learns more than weights and biases", new EProp(), Graph(neuron: new LeakyIntegrateFire { Learned = LearnedParameters.MembraneTime }));
        AssertSays("'h' has thresholds that differ", new EProp(), Graph(
            neuron: new LeakyIntegrateFire { PerNeuron = new PerNeuron(thresholds: [.. Enumerable.Repeat(1.0, 60)]) }));
        AssertSays("'h' has thresholds that differ", new EProp(), Graph(
            neuron: new AdaptiveLeakyIntegrateFire { PerNeuron = new PerNeuron(adaptationStrengths: [.. Enumerable.Repeat(0.1, 60)]) }));
        AssertSays("the delays of 'h to output' are learned", new EProp(), Graph(delay: Delay.Of(2).Learn(5)));
        AssertSays("'h to output' leads to an output with delays that differ", new EProp(), Graph(delay: Delay.PerSynapseUniform(0, 5)));
        AssertSays("EPropMode.Online, knows a stack", new EProp { Mode = EPropMode.Online }, Graph());
        AssertSays("use EPropFeedback.Symmetric or Random", new EProp { Feedback = EPropFeedback.Adaptive }, Graph());
        AssertSays("'first' has none: use EPropFeedback.Random", new EProp(), SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(), first = graph.Population("first", 5), second = graph.Population("second", 5), output = graph.Output();
            graph.Connect(input, first);
            graph.Connect(first, second);
            graph.Connect(second, output);
        }));

        static void AssertSays(string reason, EProp algorithm, SnnNetwork network)
        {
            MLContext context = new(seed: 1);
            SnnTrainer trainer = context.Snn().Train(new SnnTrainer.Options { Algorithm = algorithm, Network = network });

            var error = Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(SmallData.YinYang(context, 50)));

            StringAssert.Contains(error.Message, reason, StringComparison.Ordinal);
            StringAssert.Contains(error.Message, "Algorithm to new EventProp()", StringComparison.Ordinal);
        }
    }

    private static SnnNetwork Graph(Connectivity? connectivity = null, Neuron? neuron = null, Delay? delay = null) => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input(), hidden = graph.Population("h", 60, neuron), output = graph.Output();
        graph.Connect(input, hidden, connectivity);
        graph.Connect(hidden, output, delay: delay);
    });

    [TestMethod]
    public void Options_WrongNumbers_NameTheProperty()
    {
        MLContext context = new();
        foreach ((EProp wrong, string name) in new[]
        {
            (new EProp { Damping = 0 }, "Damping"),
            (new EProp { FeedbackDecay = 1 }, "FeedbackDecay"),
            (new EProp { RateTarget = -1 }, "RateTarget"),
            (new EProp { RateStrength = double.NaN }, "RateStrength"),
            (new EProp { RateTime = 0 }, "RateTime"),
            (new EProp { Mode = (EPropMode)7 }, "Mode"),
            (new EProp { Feedback = (EPropFeedback)7 }, "Feedback"),
        })
        {
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => context.Snn().Train(new SnnTrainer.Options { Algorithm = wrong }));
            Assert.AreEqual(name, error.ParamName);
        }
    }
}
