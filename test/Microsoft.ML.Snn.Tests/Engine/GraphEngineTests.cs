using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The graph engine on plain stacks of layers, where the layer engine must agree, and its promises: same bits, no allocation.</summary>
[TestClass]
public sealed class GraphEngineTests
{
    [TestMethod]
    public void Train_RandomStacks_GivesTheSpikesAndTheGradientOfTheLayerEngine()
    {
        int compared = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new RandomCase(seed);
                if (!drawn.IsOnAKnifeEdge())
                {
                    using var layers = new CpuEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 1);
                    using var graph = new GraphEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 1);
                    AssertSame(drawn, layers, graph, seed);
                    System.Threading.Interlocked.Increment(ref compared);
                }
            },
            iter: 300);
        Assert.IsGreaterThan(200, compared, "Too few networks were compared for the test to mean anything.");
    }

    [TestMethod]
    public void Train_LanesOfAnyWidth_GiveTheSameSpikesAndGradient()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new RandomCase(seed);
                using var wide = new GraphEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 1);
                using var narrow = new GraphEngine<Vector256Lane>(drawn.Program, drawn.Count, threads: 1);
                AssertSame(drawn, wide, narrow, seed);
            },
            iter: 100);
    }

    [TestMethod]
    public void Train_AnyNumberOfThreads_GivesTheSameBits()
    {
        float[] one = TrainedWeights(threads: 1);

        CollectionAssert.AreEqual(one, TrainedWeights(threads: 2));
        CollectionAssert.AreEqual(one, TrainedWeights(threads: 5));
    }

    [TestMethod]
    public void Train_AfterWarmUp_AllocatesNothing()
    {
        using NetworkEngine engine = Classification(threads: 2, out SpikeTrains trains, out Targets targets, out _);
        int[] examples = [.. Enumerable.Range(0, targets.Count)];
        for (int batch = 0; batch < 50; batch++)
        {
            TrainBatch(engine, trains, targets, examples, batch + 1);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int batch = 0; batch < 20; batch++)
        {
            TrainBatch(engine, trains, targets, examples, batch + 51);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Train_LimitAboveEverySlope_EverySpikeGrazes(int update)
    {
        using NetworkEngine engine = Classification(threads: 2, out SpikeTrains trains, out Targets targets, out _);
        int[] examples = [.. Enumerable.Range(0, targets.Count)];

        BatchResult limited = TrainBatch(engine, trains, targets, examples, update, grazingLimit: 1e6f);

        Assert.IsGreaterThan(100L, limited.HiddenSpikes, "A network without spikes proves nothing.");
        Assert.AreEqual(limited.HiddenSpikes, limited.GrazingSpikes);
    }

    [TestMethod]
    public void Train_WeightsThatAreNotLearned_HaveNoPartInTheNormThatIsClipped()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode first = graph.Population("first", Shape.Create([4, 4, 1])), pooled = graph.Population("pooled", Shape.Create([2, 2, 1]));
                graph.Connect(graph.Input(), first, Connectivity.OneToOne, weights: Weights.Normal(9, 1));
                graph.Connect(first, pooled, Connectivity.AveragePool2D(2, weight: 9));
                graph.Connect(pooled, graph.Output(), weights: Weights.Normal(0, 2));
            }),
            channels: 16, steps: 20, timeStep: 1, outputs: 3);
        var builder = new SpikeTrainsBuilder(20, 16, isConstantCurrent: false);
        int[] slots = [.. Enumerable.Range(0, 60).Select(k => 5 * k)];
        builder.Add(slots, [.. slots.Select(_ => 1f)]);
        using var engine = new GraphEngine<Vector256Lane>(program, batchSize: 1, threads: 1) { KeepGradient = true };
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(60, 60, false), seed: 1));

        BatchResult result = engine.Train(
            new TrainingBatch { Trains = builder.ToSpikeTrains(), Targets = Targets.OfClasses([1]), ExampleWeights = null, Examples = [0] },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 0.1f)
            {
                Clipping = new ClippingEquations(1e6f),
            });
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);

        double Square(int connection) => gradient[connection].Sum(g => (double)g * g);
        Assert.IsGreaterThan(1e-6, Square(1), "The gradient of the pool must be there to be left out.");
        Assert.AreEqual(Math.Sqrt(Square(0) + Square(2)), result.GradientNorm, 1e-5 * result.GradientNorm);
    }

    private static void AssertSame(RandomCase drawn, NetworkEngine first, NetworkEngine second, int seed)
    {
        (BatchResult expected, float[] gradient, long[] counts, float[] scores) = Run(drawn, first);
        (BatchResult actual, float[] actualGradient, long[] actualCounts, float[] actualScores) = Run(drawn, second);

        CollectionAssert.AreEqual(counts, actualCounts, $"spikes, seed {seed}");
        Assert.AreEqual(expected.HiddenSpikes, actual.HiddenSpikes, $"spikes, seed {seed}");
        Assert.AreEqual(expected.GrazingSpikes, actual.GrazingSpikes, $"grazing spikes, seed {seed}");
        Assert.AreEqual(expected.Correct, actual.Correct, $"correct, seed {seed}");
        Assert.AreEqual(expected.Loss, actual.Loss, 1e-5 * Math.Max(1, expected.Loss), $"loss, seed {seed}");
        for (int k = 0; k < scores.Length; k++)
        {
            Assert.AreEqual(scores[k], actualScores[k], 1e-5, $"score {k}, seed {seed}");
        }

        double norm = Math.Sqrt(gradient.Sum(x => (double)x * x));
        double difference = Math.Sqrt(gradient.Zip(actualGradient, (a, e) => ((double)a - e) * (a - e)).Sum());
        Assert.IsTrue(difference <= 2e-4 * norm + 1e-6, $"gradient of seed {seed}: off by {difference} of {norm}");
    }

    private static (BatchResult Result, float[] Gradient, long[] SpikeCounts, float[] Scores) Run(RandomCase drawn, NetworkEngine engine)
    {
        engine.KeepGradient = true;
        engine.SetWeights(drawn.Weights);
        SpikeTrains trains = drawn.Trains();
        float[] scores = new float[drawn.Count * drawn.Program.Output.ScoresFor(drawn.Program.Steps)];
        engine.Score(trains, scores);
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = trains,
                Targets = drawn.EngineTargets(),
                ExampleWeights = drawn.ExampleWeights,
                Examples = Enumerable.Range(0, drawn.Count).ToArray(),
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), drawn.SpikeCount, drawn.GrazingLimit));
        NetworkWeights gradient = NetworkWeights.ZerosFor(drawn.Program);
        engine.GetGradient(gradient);
        long[] counts = new long[drawn.Program.SpikingNeurons];
        engine.TakeSpikeCounts(counts);
        return (result, [.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])], counts, scores);
    }

    private static GraphEngine<Vector512Lane> Classification(int threads, out SpikeTrains trains, out Targets targets, out NetworkProgram program)
    {
        var random = new Random(5);
        var builder = new SpikeTrainsBuilder(steps: 20, channels: 50, isConstantCurrent: false);
        int[] labels = new int[37];
        for (int example = 0; example < labels.Length; example++)
        {
            labels[example] = random.Next(3);
            int[] slots = [.. Enumerable.Range(0, 1000).Where(_ => random.Next(20) == 0)];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        trains = builder.ToSpikeTrains();
        targets = Targets.OfClasses(labels);
        SnnNetwork network = SnnNetwork.Sequential(Layer.Dense(70, recurrent: true), Layer.Dense(33), Layer.Output());
        program = NetworkProgram.Build(network, 50, 20, 1, 3);
        var engine = new GraphEngine<Vector512Lane>(program, batchSize: 37, threads);
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(50, 50, false), seed: 3));
        return engine;
    }

    private static BatchResult TrainBatch(
        NetworkEngine engine, SpikeTrains trains, Targets targets, ReadOnlySpan<int> examples, int update, float grazingLimit = 0.1f) =>
        engine.Train(
            new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = examples },
            new LearningStep(
                new AdamEquations(1e-2, 0.9, 0.999, 1e-8, update),
                update % 2 == 0 ? new SpikeCountEquations(2, 1e-4f, 1e-4f) : default, grazingLimit));

    private static float[] TrainedWeights(int threads)
    {
        using NetworkEngine engine = Classification(threads, out SpikeTrains trains, out Targets targets, out NetworkProgram program);
        var order = new List<int>(Enumerable.Range(0, targets.Count));
        for (int batch = 0; batch < 30; batch++)
        {
            BatchResult result = TrainBatch(engine, trains, targets, order.Take(37 - batch % 5).ToArray(), batch + 1);
            Assert.IsGreaterThan(0L, result.HiddenSpikes, "A network without spikes proves nothing.");
        }

        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        engine.GetWeights(weights);
        return [.. Enumerable.Range(0, weights.Count).SelectMany(c => weights[c])];
    }
}
