using System;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Graphs train, score, and are kept like any other network.</summary>
[TestClass]
public sealed class SnnTrainerGraphTests
{
    [TestMethod]
    public void Fit_SpikeCountsOfOnePopulation_AreHeldDownThereAndNotElsewhere()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 400);

        (double first, double second) = MeanCounts(new EventProp());
        (double heldFirst, double heldSecond) = MeanCounts(new EventProp { SpikeCounts = [new SpikeCountGroup("second", target: 0.2, strength: 0.1)] });

        Assert.IsLessThan(0.5 * second, heldSecond);
        Assert.IsGreaterThan(0.6 * first, heldFirst);
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => MeanCounts(new EventProp { SpikeCounts = [new SpikeCountGroup("hidden 1", 1, 1)] }));
        Assert.AreEqual(
            "Every group of EventProp.SpikeCounts must name a spiking population, but there is no 'hidden 1'. There are: 'first', 'second'.", error.Message);

        (double First, double Second) MeanCounts(EventProp algorithm)
        {
            SnnModelParameters model = context.Snn().Train(new SnnTrainer.Options
            {
                Algorithm = algorithm,
                NumberOfEpochs = 20,
                Network = SnnNetwork.Graph(graph =>
                {
                    GraphNode input = graph.Input(), first = graph.Population("first", 30), second = graph.Population("second", 30);
                    GraphNode output = graph.Output();
                    graph.Connect(input, first);
                    graph.Connect(input, second);
                    graph.Connect(first, output);
                    graph.Connect(second, output);
                }),
            }).Fit(data).Model;
            return (model.MeanSpikeCounts[0].Average(), model.MeanSpikeCounts[1].Average());
        }
    }

    [TestMethod]
    public void Fit_GraphOnSpikes_LearnsAndIsTheSameWhenLoaded()
    {
        MLContext context = new(seed: 1);
        IDataView data = SmallData.YinYang(context, 1000);
        SnnTrainer.Options options = new()
        {
            FeatureColumnName = "Spikes",
            NumberOfEpochs = 12,
            NumberOfThreads = 2,
            Network = Describe(),
            Optimizer = new Adam(0.005),
        };
        var chain = context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 30, bias: true).Append(context.Snn().Train(options)).Fit(data);
        using MemoryStream file = new();
        context.Model.Save(chain, data.Schema, file);
        file.Position = 0;

        IDataView scored = chain.Transform(data);
        ITransformer loaded = new MLContext().Model.Load(file, out _);

        double accuracy = context.MulticlassClassification.Evaluate(scored).MicroAccuracy;
        Assert.IsGreaterThan(0.8, accuracy);
        SmallData.AssertSame(SmallData.Scores(scored), SmallData.Scores(loaded.Transform(data)));
        SnnModelParameters model = chain.LastTransformer.Model;
        Assert.HasCount(2, model.MeanSpikeCounts);
        Assert.HasCount(5, model.GetWeights());
        CollectionAssert.AreEqual(
            new[] { ParameterKind.Delay, ParameterKind.Bias, ParameterKind.MembraneTime },
            model.GetLearnedParameters().Select(p => p.Kind).ToArray());
        Assert.IsFalse(model.GetLearnedParameters()[1].Values.All(bias => bias == 0), "The biases must have moved.");
    }

    [TestMethod]
    public void Fit_IntegrateFireOnFeatures_Learns()
    {
        MLContext context = new(seed: 1);
        IDataView data = LabelledRow.Load(context, 200);
        SnnTrainer.Options options = SmallData.Quick(30);
        options.Network = SnnNetwork.Sequential(
            Layer.Dense(16, new IntegrateFire { Learned = LearnedParameters.Threshold }, new AlphaSynapse(4)), Layer.Output());

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(data);

        Assert.IsGreaterThan(0.9, context.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy);
    }

    [TestMethod]
    public void Fit_AnyNumberOfThreads_GivesTheSameScores()
    {
        MLContext context = new();
        IDataView data = LabelledRow.Load(context, 64);
        float[][] Scores(int threads)
        {
            SnnTrainer.Options options = new() { NumberOfEpochs = 3, NumberOfThreads = threads, Seed = 5, Network = Describe() };
            return SmallData.Scores(context.Snn().Train(options).Fit(data).Transform(data));
        }

        SmallData.AssertSame(Scores(1), Scores(3));
    }

    private static SnnNetwork Describe() => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode first = graph.Population("first", 40, new LeakyIntegrateFire { Learned = LearnedParameters.Bias });
        GraphNode second = graph.Population("second", 20, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.1 });
        GraphNode output = graph.Output(neuron: new LeakyIntegrator { Learned = LearnedParameters.MembraneTime });
        graph.Connect(input, first);
        graph.Connect(first, second, Connectivity.Sparse(0.5), delay: Delay.PerNeuronUniform(0, 4).Learn(10));
        graph.Connect(second, first);
        graph.Connect(first, output);
        graph.Connect(second, output);
    });
}
