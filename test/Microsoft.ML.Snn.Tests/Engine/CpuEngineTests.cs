using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The CPU engine against the double-precision oracle, and its promises: same bits, no allocation.</summary>
[TestClass]
public sealed class CpuEngineTests
{
    [TestMethod]
    public void Train_RandomNetworks_GivesTheGradientOfTheOracle()
    {
        int compared = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new RandomCase(seed);
                if (!drawn.IsOnAKnifeEdge())
                {
                    AssertGradient(drawn, seed);
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
                (NetworkWeights wide, BatchResult wideResult, _) = Train<Vector512Lane>(drawn, threads: 1);
                (NetworkWeights narrow, BatchResult narrowResult, _) = Train<Vector256Lane>(drawn, threads: 1);

                Assert.AreEqual(wideResult.HiddenSpikes, narrowResult.HiddenSpikes);
                Assert.AreEqual(wideResult.Correct, narrowResult.Correct);
                AssertClose(Flatten(wide), [.. Flatten(narrow).Select(x => (double)x)], 2e-4, seed);
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
        (NetworkEngine engine, SpikeTrains trains, Targets labels) = Classification(threads: 2);
        using (engine)
        {
            int[] examples = [.. Enumerable.Range(0, labels.Count)];
            for (int batch = 0; batch < 50; batch++)
            {
                TrainBatch(engine, trains, labels, examples, batch + 1);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            long allBefore = GC.GetTotalAllocatedBytes(precise: false);
            for (int batch = 0; batch < 20; batch++)
            {
                TrainBatch(engine, trains, labels, examples, batch + 51);
            }

            Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before, $"all threads {GC.GetTotalAllocatedBytes(false) - allBefore}");
        }
    }

    [TestMethod]
    public void Train_ExamplesInAnotherOrder_GiveTheSameScores()
    {
        var drawn = new RandomCase(seed: 12);
        SpikeTrains trains = drawn.Trains();
        using NetworkEngine engine = EngineFactory.CreateForCpu(drawn.Program, drawn.Count, threads: 1);
        engine.SetWeights(drawn.Weights);
        int width = drawn.Program.Output.ScoresFor(drawn.Steps);
        float[] together = new float[drawn.Count * width];
        engine.Score(trains, together);

        for (int example = drawn.Count - 1; example >= 0; example--)
        {
            var alone = new SpikeTrainsBuilder(drawn.Steps, drawn.Channels, drawn.IsConstantCurrent);
            GridInput input = drawn.Inputs[example];
            var slots = input.Spikes.OrderBy(s => s.Step * drawn.Channels + s.Channel).ToArray();
            alone.Add([.. slots.Select(s => s.Step * drawn.Channels + s.Channel)], [.. slots.Select(s => (float)s.Value)]);
            float[] score = new float[width];
            engine.Score(alone.ToSpikeTrains(), score);

            CollectionAssert.AreEqual(together.AsSpan(example * width, width).ToArray(), score);
        }
    }

    private static void AssertGradient(RandomCase drawn, int seed) =>
        AssertGradient(drawn, seed, new CpuEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 2));

    /// <summary>Compares one batch of an engine, which is disposed, with the oracle.</summary>
    internal static void AssertGradient(RandomCase drawn, int seed, NetworkEngine engine)
    {
        (NetworkWeights gradient, BatchResult result, long counted) = Train(drawn, engine);
        Assert.AreEqual(result.HiddenSpikes, counted, $"spikes by neuron, those of the last step included, seed {seed}");

        GridNetwork oracle = drawn.Oracle();
        GridTrace[] traces = [.. drawn.Inputs.Select(oracle.Forward)];
        double[][] push = SpikePush(drawn, traces);
        double[] expected = new double[drawn.Program.ParameterCount];
        double loss = 0;
        long grazing = 0;
        int correct = 0;
        for (int b = 0; b < drawn.Count; b++)
        {
            double weight = drawn.ExampleWeights?[b] ?? 1;
            var trial = new TrialLoss(drawn.Loss, drawn.Readout, traces[b], drawn.Targets[b]);
            loss += weight * trial.Value;
            correct += trial.Correct;
            trial.Scale(weight / drawn.Count);
            GridGradient own = oracle.Gradient(traces[b], trial.OutputError, push, trial.MembraneError);
            grazing += own.GrazingSpikeCount;
            Add(expected, drawn.Program, own);
        }

        Assert.AreEqual(loss, result.Loss, 1e-4 * Math.Max(1, Math.Abs(loss)), $"loss, seed {seed}");
        Assert.AreEqual(traces.Sum(t => Enumerable.Range(0, drawn.Layers.Length).Sum(l => t.Spikes(l).Count)), result.HiddenSpikes, $"spikes, seed {seed}");
        Assert.AreEqual(correct, result.Correct, $"right decisions, seed {seed}");
        Assert.AreEqual(grazing, result.GrazingSpikes, $"grazing spikes, seed {seed}");
        AssertClose(Flatten(gradient), expected, 1e-3, seed);
    }

    private static double[][] SpikePush(RandomCase drawn, GridTrace[] traces)
    {
        double[][] push = [.. drawn.Program.Hidden.Select(h => new double[h.Units]), new double[drawn.Classes]];
        for (int layer = 0; layer < drawn.Program.Hidden.Count; layer++)
        {
            for (int neuron = 0; neuron < push[layer].Length; neuron++)
            {
                double mean = traces.Sum(t => t.Spikes(layer).Count(s => s.Neuron == neuron)) / (double)drawn.Count;
                double strength = mean > drawn.SpikeCount.Target ? drawn.SpikeCount.StrengthAbove : drawn.SpikeCount.StrengthBelow;
                push[layer][neuron] = strength * (mean - drawn.SpikeCount.Target) / drawn.Count;
            }
        }

        return push;
    }

    private static void Add(double[] total, NetworkProgram program, GridGradient gradient)
    {
        int next = 0;
        for (int layer = 0; layer <= program.Hidden.Count; layer++)
        {
            foreach (double[,]? matrix in new[] { gradient.Weights[layer], gradient.RecurrentWeights[layer] })
            {
                foreach (double value in matrix ?? new double[0, 0])
                {
                    total[next++] += value;
                }
            }
        }
    }

    private static (NetworkWeights Gradient, BatchResult Result, long CountedSpikes) Train<TLane>(RandomCase drawn, int threads)
        where TLane : struct, ISimdLane<TLane> => Train(drawn, new CpuEngine<TLane>(drawn.Program, drawn.Count, threads));

    /// <summary>One batch on an engine, which is disposed.</summary>
    internal static (NetworkWeights Gradient, BatchResult Result, long CountedSpikes) Train(RandomCase drawn, NetworkEngine trained)
    {
        using NetworkEngine engine = trained;
        engine.KeepGradient = true;
        engine.SetWeights(drawn.Weights);
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = drawn.Trains(),
                Targets = drawn.EngineTargets(),
                ExampleWeights = drawn.ExampleWeights,
                Examples = Enumerable.Range(0, drawn.Count).ToArray(),
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), drawn.SpikeCount, drawn.GrazingLimit));
        NetworkWeights gradient = NetworkWeights.ZerosFor(drawn.Program);
        engine.GetGradient(gradient);
        long[] counts = new long[drawn.Program.Hidden.Sum(h => h.Units)];
        engine.TakeSpikeCounts(counts);
        return (gradient, result, counts.Sum());
    }

    internal static void AssertClose(float[] actual, double[] expected, double tolerance, int seed)
    {
        double norm = Math.Sqrt(expected.Sum(x => x * x));
        double difference = Math.Sqrt(actual.Zip(expected, (a, e) => (a - e) * (a - e)).Sum());
        Assert.IsTrue(difference <= tolerance * norm + 1e-5, $"gradient of seed {seed}: off by {difference} of {norm}");
    }

    internal static float[] Flatten(NetworkWeights weights) =>
        [.. Enumerable.Range(0, weights.Count).SelectMany(c => weights[c])];

    private static (NetworkEngine Engine, SpikeTrains Trains, Targets Labels) Classification(int threads)
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

        SnnNetwork network = SnnNetwork.Sequential(Layer.Dense(70, recurrent: true), Layer.Dense(33), Layer.Output());
        NetworkProgram program = NetworkProgram.Build(network, 50, 20, 1, 3);
        NetworkEngine engine = EngineFactory.CreateForCpu(program, batchSize: 37, threads);
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(50, 50, false), seed: 3));
        return (engine, builder.ToSpikeTrains(), Targets.OfClasses(labels));
    }

    private static BatchResult TrainBatch(
        NetworkEngine engine, SpikeTrains trains, Targets labels, ReadOnlySpan<int> examples, int update) =>
        engine.Train(
            new TrainingBatch { Trains = trains, Targets = labels, ExampleWeights = null, Examples = examples },
            new LearningStep(
                new AdamEquations(1e-2, 0.9, 0.999, 1e-8, update), new SpikeCountEquations(2, 1e-4f, 1e-4f), 0.1f));

    private static float[] TrainedWeights(int threads)
    {
        (NetworkEngine engine, SpikeTrains trains, Targets labels) = Classification(threads);
        using (engine)
        {
            var order = new List<int>(Enumerable.Range(0, labels.Count));
            for (int batch = 0; batch < 30; batch++)
            {
                BatchResult result = TrainBatch(engine, trains, labels, order.Take(37 - batch % 5).ToArray(), batch + 1);
                Assert.IsGreaterThan(0L, result.HiddenSpikes, "A network without spikes proves nothing.");
            }

            NetworkWeights weights = NetworkWeights.Draw(
                NetworkProgram.Build(
                    SnnNetwork.Sequential(Layer.Dense(70, recurrent: true), Layer.Dense(33), Layer.Output()), 50, 20, 1, 3),
                new InputStatistics(50, 50, false), 3);
            engine.GetWeights(weights);
            return Flatten(weights);
        }
    }
}
