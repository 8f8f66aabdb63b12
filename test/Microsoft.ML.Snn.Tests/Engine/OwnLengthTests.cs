using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Examples of their own lengths in one batch: what each gives is what it gives in a network of its length.</summary>
[TestClass]
public sealed class OwnLengthTests
{
    private const int Steps = 60;
    private const int Channels = 8;
    private const int Classes = 3;
    private const int After = 9;

    private static readonly LearningStep s_still = new(new AdamEquations(1e-30, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 1e-3f);

    public static IEnumerable<object[]> Cases() =>
        from readout in Enum.GetValues<Readout>().Where(readout => readout != Readout.MembraneAtEveryStep)
        from isGraph in new[] { false, true }
        select new object[] { readout, isGraph };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Train_LengthsInOneBatch_GivesTheScoresAndTheGradientOfEachLengthApart(Readout readout, bool isGraph) =>
        AssertSameApart(isGraph ? Graph(readout) : Stack(readout), eprop: null);

    /// <summary>A stack of one length has an engine of its own.</summary>
    [TestMethod]
    [DataRow(Readout.AverageMembrane, false)]
    [DataRow(Readout.MaximumMembrane, true)]
    public void TrainByEProp_LengthsInOneBatch_GivesTheScoresAndTheGradientOfEachLengthApart(Readout readout, bool isGraph) =>
        AssertSameApart(isGraph ? ForEProp(readout) : Stack(readout), new EPropSettings { RateTarget = 20, RateStrength = 1.5, RateTime = 30 });

    private static void AssertSameApart(SnnNetwork network, EPropSettings? eprop)
    {
        int[][] examples = Draw();
        int[] lengths = [.. examples.Select(slots => Math.Min(Steps, (slots.Length == 0 ? 0 : slots[^1] / Channels + 1) + After))];
        Assert.IsGreaterThan(4, lengths.Distinct().Count());
        NetworkProgram program = NetworkProgram.Build(network, Channels, Steps, 1, Classes).EndingAfterLastSpike(After);
        NetworkWeights weights = Weights(program);

        (float[] scores, float[] gradient, BatchResult result) = Run(program, weights, examples, After, eprop: eprop);

        double[] sum = new double[gradient.Length];
        double loss = 0;
        for (int n = 0; n < examples.Length; n++)
        {
            NetworkProgram alone = NetworkProgram.Build(network, Channels, lengths[n], 1, Classes);
            (float[] own, float[] ownGradient, BatchResult ownResult) = Run(alone, weights, [examples[n]], null, n % Classes, eprop);
            for (int k = 0; k < Classes; k++)
            {
                Assert.AreEqual(own[k], scores[n * Classes + k], 1e-5, $"score of example {n}");
            }

            loss += ownResult.Loss;
            for (int k = 0; k < sum.Length; k++)
            {
                sum[k] += ownGradient[k] / examples.Length;
            }
        }

        Assert.IsGreaterThan(20, result.HiddenSpikes, "A network without spikes proves nothing.");
        Assert.AreEqual(loss, result.Loss, 1e-4 * loss);
        double norm = Math.Sqrt(sum.Sum(x => x * x));
        double error = Math.Sqrt(sum.Zip(gradient, (s, g) => (s - g) * (s - g)).Sum());
        Assert.IsLessThan(2e-5 * norm, error, $"{error} of {norm}");
    }

    /// <summary>Neurons that spike by themselves count the steps that were run.</summary>
    [TestMethod]
    public void Train_ShortExamples_RunOnlyTheirOwnSteps()
    {
        SnnNetwork network = SnnNetwork.Sequential(Layer.Dense(1, new LeakyIntegrateFire { Bias = 5 }), Layer.Output());
        NetworkProgram program = NetworkProgram.Build(network, Channels, Steps, 1, Classes);
        NetworkWeights silent = NetworkWeights.ZerosFor(program);
        int[][] examples = [[0], [], [9 * Channels + 1]];

        long Spikes(int? after) => Run(program.EndingAfterLastSpike(after), silent, examples, after).Result.HiddenSpikes;

        // A spike every ceil(20 ln(5/4)) = 5 steps: 12 in 60 steps; steps of the examples are 11, 10 and 20.
        Assert.AreEqual(3 * 12, Spikes(null));
        Assert.AreEqual(2 + 2 + 4, Spikes(10));
    }

    [TestMethod]
    public void StepsOf_ExampleWithoutSpikes_IsAtLeastOne()
    {
        var builder = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false, stepsAfterLastSpike: 0);
        builder.Add([], []);
        builder.Add([3], [1]);
        builder.Add([Channels], [1]);
        SpikeTrains trains = builder.ToSpikeTrains();

        CollectionAssert.AreEqual(new[] { 1, 1, 2 }, new[] { trains.StepsOf(0), trains.StepsOf(1), trains.StepsOf(2) });
    }

    /// <summary>Where synapses have moved the program is another one; its examples end as before.</summary>
    [TestMethod]
    public void WithTablesOf_SynapsesThatMoved_KeepsTheEndOfExamples()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode hidden = graph.Population("hidden", 4);
                graph.Connect(graph.Input(), hidden, Connectivity.Sparse(0.5, rewiring: new DeepRewiring()));
                graph.Connect(hidden, graph.Output());
            }),
            Channels, Steps, 1, Classes).EndingAfterLastSpike(After);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights.Tables[0] = program.Connections[0].Table;

        Assert.AreEqual(After, program.WithTablesOf(weights).StepsAfterLastSpike);
    }

    [TestMethod]
    public void EndingAfterLastSpike_EveryStepOrEventDriven_IsRefused()
    {
        NetworkProgram everyStep = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output(Readout.MembraneAtEveryStep)), Channels, Steps, 1, Classes);
        NetworkProgram exact = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output()), Channels, Steps, 1, Classes, integrator: Integrator.EventDriven);

        StringAssert.Contains(Assert.Throws<ArgumentException>(() => everyStep.EndingAfterLastSpike(3)).Message, "every step");
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => exact.EndingAfterLastSpike(3)).Message, "event-driven");
    }

    private static (float[] Scores, float[] Gradient, BatchResult Result) Run(
        NetworkProgram program, NetworkWeights weights, int[][] examples, int? after, int? label = null, EPropSettings? eprop = null)
    {
        var builder = new SpikeTrainsBuilder(program.Steps, Channels, isConstantCurrent: false, stepsAfterLastSpike: after);
        foreach (int[] slots in examples)
        {
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        SpikeTrains trains = builder.ToSpikeTrains();
        using NetworkEngine engine = eprop == null
            ? EngineFactory.CreateForCpu(program, examples.Length, threads: 2)
            : EngineFactory.CreateEPropForCpu(program, eprop, examples.Length, threads: 2);
        engine.KeepGradient = true;
        engine.SetWeights(weights);
        float[] scores = new float[examples.Length * Classes];
        engine.Score(trains, scores);
        var batch = new TrainingBatch
        {
            Trains = trains,
            Targets = Targets.OfClasses([.. examples.Select((_, n) => label ?? n % Classes)]),
            ExampleWeights = null,
            Examples = [.. Enumerable.Range(0, examples.Length)],
        };

        // The second time the memory holds what the first time left behind.
        engine.Train(batch, s_still);
        BatchResult result = engine.Train(batch, s_still);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        return (scores, [.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])], result);
    }

    private static NetworkWeights Weights(NetworkProgram program) =>
        NetworkWeights.Draw(program, new InputStatistics(25, 25, false), seed: 3);

    private static int[][] Draw()
    {
        var random = new Random(4);
        return
        [
            [],
            .. Enumerable.Range(1, 8).Select(n => Enumerable.Range(0, 6 * n * Channels).Where(_ => random.Next(5) == 0).ToArray()),
        ];
    }

    private static SnnNetwork Stack(Readout readout) => SnnNetwork.Sequential(Layer.Dense(15, recurrent: true), Layer.Output(readout));

    private static SnnNetwork ForEProp(Readout readout) => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode first = graph.Population("first", 12, new LeakyIntegrateFire { RefractoryPeriod = 2, Learned = LearnedParameters.Bias });
        GraphNode second = graph.Population("second", 10, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.1 });
        GraphNode output = graph.Output(readout: readout, neuron: new LeakyIntegrator { Learned = LearnedParameters.Bias });
        graph.Connect(input, first);
        graph.Connect(first, second, Connectivity.Sparse(0.5), delay: Delay.PerSynapseUniform(0, 6));
        graph.Connect(second, first, delay: Delay.Of(3));
        graph.Connect(first, output, delay: Delay.Of(2));
        graph.Connect(second, output);
    });

    private static SnnNetwork Graph(Readout readout) => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode first = graph.Population(
            "first", 12, new LeakyIntegrateFire { RefractoryPeriod = 2, Learned = LearnedParameters.MembraneTime | LearnedParameters.Bias });
        GraphNode second = graph.Population("second", 10, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.1 });
        GraphNode output = graph.Output(readout: readout, neuron: new LeakyIntegrator { Learned = LearnedParameters.MembraneTime });
        graph.Connect(input, first);
        graph.Connect(first, second, Connectivity.Sparse(0.5), delay: Delay.PerSynapseUniform(0, 6).Learn(8));
        graph.Connect(second, first, delay: Delay.Of(3));
        graph.Connect(first, output, delay: Delay.PerNeuronUniform(0, 4));
        graph.Connect(second, output);
    });
}
