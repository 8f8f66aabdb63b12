using System;
using System.IO;
using System.Linq;
using System.Threading;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Cpu.Columns;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The engine whose threads own columns: against the double-precision oracle, the engine of layers, and its promises.</summary>
[TestClass]
public sealed class ColumnEngineTests
{
    private const int Channels = 40;
    private const int SilentChannels = 7;
    private const int Steps = 20;
    private const int Examples = 29;

    [TestMethod]
    public void Train_RandomNetworks_GivesTheGradientOfTheOracle()
    {
        int compared = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new RandomCase(seed, maximumUnits: 150, isShallow: true);
                if (!drawn.IsOnAKnifeEdge())
                {
                    CpuEngineTests.AssertGradient(drawn, seed, Create(drawn, threads: 1 + seed % 4, isWide: seed % 2 == 0));
                    Interlocked.Increment(ref compared);
                }
            },
            iter: 200);
        Assert.IsGreaterThan(120, compared, "Too few networks were compared for the test to mean anything.");
    }

    [TestMethod]
    public void Train_RandomNetworks_SpikesAsTheEngineOfLayers()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new RandomCase(seed, maximumUnits: 80, isShallow: true);
                (NetworkWeights ours, BatchResult result, long counted) = CpuEngineTests.Train(drawn, Create(drawn, threads: 3, isWide: false));
                (NetworkWeights theirs, BatchResult expected, long expectedCount) = CpuEngineTests.Train(
                    drawn, new CpuEngine<Vector256Lane>(drawn.Program, drawn.Count, threads: 1));

                Assert.AreEqual(expected.HiddenSpikes, result.HiddenSpikes);
                Assert.AreEqual(expected.GrazingSpikes, result.GrazingSpikes);
                Assert.AreEqual(expectedCount, counted);
                CpuEngineTests.AssertClose(
                    CpuEngineTests.Flatten(ours), [.. CpuEngineTests.Flatten(theirs).Select(x => (double)x)], 2e-4, seed);
            },
            iter: 100);
    }

    [TestMethod]
    [DataRow(70, 0f)]
    [DataRow(70, 0.5f)]
    [DataRow(16, 0f)]
    [DataRow(16, 0.5f)]
    public void Train_AnyNumberOfThreads_GivesTheSameBits(int units, float maximumNorm)
    {
        float[] one = Trained(units, threads: 1, maximumNorm);

        foreach (int threads in (int[])[2, 3, 5, 8])
        {
            CollectionAssert.AreEqual(one, Trained(units, threads, maximumNorm), $"{threads} threads");
        }
    }

    [TestMethod]
    public void Train_AfterWarmUp_AllocatesNothing()
    {
        NetworkProgram program = Program(70);
        using NetworkEngine engine = Create(program, threads: 2);
        (SpikeTrains trains, Targets targets) = Data();
        for (int update = 1; update <= 50; update++)
        {
            Batch(engine, trains, targets, update);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int update = 51; update <= 70; update++)
        {
            Batch(engine, trains, targets, update);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void LoadState_OfTheSameEngine_GoesOnWithTheSameBits()
    {
        NetworkProgram program = Program(70);
        (SpikeTrains trains, Targets targets) = Data();
        using NetworkEngine straight = Create(program, threads: 2);
        using NetworkEngine resumed = Create(program, threads: 1);
        Batch(straight, trains, targets, 1);
        Batch(straight, trains, targets, 2);
        CopyState(straight, resumed);
        Batch(straight, trains, targets, 3);
        Batch(resumed, trains, targets, 3);

        CollectionAssert.AreEqual(WeightsOf(straight, program), WeightsOf(resumed, program));
    }

    [TestMethod]
    public void LoadState_OfTheEngineOfLayers_GoesOnUpToRounding()
    {
        NetworkProgram program = Program(70);
        (SpikeTrains trains, Targets targets) = Data();
        using var layers = new CpuEngine<Vector256Lane>(program, Examples, threads: 1);
        using NetworkEngine columns = Create(program, threads: 2);
        layers.SetWeights(InitialWeights(program));
        Batch(layers, trains, targets, 1);
        CopyState(layers, columns);
        Batch(layers, trains, targets, 2);
        Batch(columns, trains, targets, 2);

        AssertClose(WeightsOf(layers, program), WeightsOf(columns, program));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(0.1)]
    public void Train_SilentChannels_AreUpdatedAsByTheEngineOfLayers(double weightDecay)
    {
        // Without decay rows that never had an event are skipped; with it they must decay.
        NetworkProgram program = Program(70);
        (SpikeTrains trains, Targets targets) = Data();
        using var layers = new CpuEngine<Vector256Lane>(program, Examples, threads: 1);
        using NetworkEngine columns = Create(program, threads: 2);
        layers.SetWeights(InitialWeights(program));
        columns.SetWeights(InitialWeights(program));
        for (int update = 1; update <= 3; update++)
        {
            Batch(layers, trains, targets, update, weightDecay: weightDecay);
            Batch(columns, trains, targets, update, weightDecay: weightDecay);
        }

        ReadOnlySpan<float> silent = WeightsOf(columns, program).AsSpan(0, SilentChannels * 70);
        AssertClose(WeightsOf(layers, program), WeightsOf(columns, program));
        Assert.AreEqual(weightDecay == 0, silent.SequenceEqual(CpuEngineTests.Flatten(InitialWeights(program)).AsSpan(0, SilentChannels * 70)));
    }

    [TestMethod]
    public void Train_MomentumPerParameter_UpdatesAsTheEngineOfLayers()
    {
        NetworkProgram program = Program(70);
        (SpikeTrains trains, Targets targets) = Data();
        using var layers = new CpuEngine<Vector256Lane>(program, Examples, threads: 1);
        using NetworkEngine columns = Create(program, threads: 2);
        layers.SetWeights(InitialWeights(program));
        columns.SetWeights(InitialWeights(program));
        var updates = new ParameterUpdates(
            [new UpdateEquations(new MomentumEquations(1e-2, 0.9, isNesterov: true, weightDecay: 0)), new UpdateEquations(new AdamEquations(1e-2, 0.9, 0.999, 1e-8, 1))]);
        foreach (NetworkEngine engine in (NetworkEngine[])[layers, columns])
        {
            Train(engine, trains, targets, new LearningStep(updates, default, 0.1f));
            Train(engine, trains, targets, new LearningStep(updates, default, 0.1f));
        }

        AssertClose(WeightsOf(layers, program), WeightsOf(columns, program));
    }

    [TestMethod]
    public void Score_TrainedNetworkAndMoreThanABatch_GivesTheScoresOfTheEngineOfLayers()
    {
        // The readout is summed up spike by spike here and step by step there: equal up to rounding.
        NetworkProgram program = Program(70);
        (SpikeTrains trains, Targets targets) = Data();
        const int BatchSize = 12;
        using var columns = new ColumnEngine<Vector256Lane>(program, BatchSize, threads: 2);
        columns.SetWeights(InitialWeights(program));
        Batch(columns, trains, targets, 1, count: BatchSize);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        columns.GetWeights(weights);
        using var layers = new CpuEngine<Vector256Lane>(program, Examples, threads: 1);
        layers.SetWeights(weights);
        float[] expected = new float[Examples * 3], actual = new float[Examples * 3];
        layers.Score(trains, expected);
        columns.Score(trains, actual);

        for (int k = 0; k < expected.Length; k++)
        {
            Assert.AreEqual(expected[k], actual[k], 1e-6f, $"score {k}");
        }
    }

    [TestMethod]
    public void Train_NetworkThatIsSure_LeavesNoDenormalNumbers()
    {
        // Next to no loss makes next to no adjoint, at which a processor is many times slower if it is denormal.
        NetworkProgram program = Program(70);
        (SpikeTrains trains, Targets targets) = Data();
        using var engine = new ColumnEngine<Vector256Lane>(program, Examples, threads: 2) { KeepGradient = true };
        var step = new LearningStep(new ParameterUpdates(new UpdateEquations(new AdamEquations(0, 0.9, 0.999, 1e-8, 1))), default, 0.1f);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        int sure = 0;
        for (float scale = 100; scale < 5000; scale *= 1.5f)
        {
            NetworkWeights weights = InitialWeights(program);
            foreach (ref float weight in weights[1].AsSpan())
            {
                weight *= scale;
            }

            engine.SetWeights(weights);
            for (int example = 0; example < Examples; example++)
            {
                engine.Train(
                    new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = s_order.AsSpan(example, 1) }, step);
                engine.GetGradient(gradient);
                sure += gradient[1].Max(Math.Abs) is > 0 and < 1e-36f ? 1 : 0;
                Assert.IsFalse(gradient[0].Any(g => g != 0 && Math.Abs(g) < 1e-37f), $"example {example}, weights times {scale}");
            }
        }

        Assert.IsGreaterThan(0, sure, "No example was sure enough to prove anything.");
    }

    [TestMethod]
    public void CanRun_OtherNetworks_IsFalseAndTheEngineRefusesThem()
    {
        Layer[][] others =
        [
            [Layer.Output()],
            [Layer.Dense(8), Layer.Dense(8), Layer.Output()],
            [Layer.Dense(8, recurrent: true), Layer.Output()],
            [Layer.Dense(8, new LeakyIntegrateFire { RefractoryPeriod = 2 }), Layer.Output()],
            [Layer.Dense(8, new AdaptiveLeakyIntegrateFire()), Layer.Output()],
            [Layer.Dense(8), Layer.Output(Readout.MaximumMembrane)],
            [Layer.Dense(8), Layer.Output(Readout.MembraneAtEveryStep)],
        ];
        foreach (Layer[] layers in others)
        {
            NetworkProgram program = NetworkProgram.Build(SnnNetwork.Sequential(layers), Channels, Steps, 1, 3);

            Assert.IsFalse(ColumnEngine<Vector256Lane>.CanRun(program));
            Assert.ThrowsExactly<ArgumentException>(() => new ColumnEngine<Vector256Lane>(program, Examples, 1));
        }
    }

    private static NetworkEngine Create(RandomCase drawn, int threads, bool isWide) => isWide
        ? new ColumnEngine<Vector512Lane>(drawn.Program, drawn.Count, threads)
        : new ColumnEngine<Vector256Lane>(drawn.Program, drawn.Count, threads);

    private static ColumnEngine<Vector256Lane> Create(NetworkProgram program, int threads)
    {
        var engine = new ColumnEngine<Vector256Lane>(program, Examples, threads);
        engine.SetWeights(InitialWeights(program));
        return engine;
    }

    private static NetworkProgram Program(int units) => NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(units), Layer.Output()), Channels, Steps, 1, 3);

    private static NetworkWeights InitialWeights(NetworkProgram program) =>
        NetworkWeights.Draw(program, new InputStatistics(40, 40, false), seed: 3);

    /// <summary>Random spikes; the first channels have none.</summary>
    private static (SpikeTrains Trains, Targets Targets) Data()
    {
        var random = new Random(5);
        var builder = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false);
        int[] labels = new int[Examples];
        for (int example = 0; example < Examples; example++)
        {
            labels[example] = random.Next(3);
            int[] slots = [.. Enumerable.Range(0, Steps * Channels).Where(slot => slot % Channels >= SilentChannels && random.Next(20) == 0)];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        return (builder.ToSpikeTrains(), Targets.OfClasses(labels));
    }

    private static float[] Trained(int units, int threads, float maximumNorm)
    {
        NetworkProgram program = Program(units);
        using NetworkEngine engine = Create(program, threads);
        (SpikeTrains trains, Targets targets) = Data();
        for (int update = 1; update <= 12; update++)
        {
            BatchResult result = Batch(engine, trains, targets, update, maximumNorm, count: Examples - update % 4);
            Assert.IsGreaterThan(0L, result.HiddenSpikes, "A network without spikes proves nothing.");
        }

        return WeightsOf(engine, program);
    }

    private static BatchResult Batch(
        NetworkEngine engine, SpikeTrains trains, Targets targets, int update, float maximumNorm = 0, int count = Examples, double weightDecay = 0) =>
        Train(
            engine, trains, targets,
            new LearningStep(
                new ParameterUpdates(new UpdateEquations(new AdamEquations(1e-2, 0.9, 0.999, 1e-8, update, weightDecay))),
                new SpikeRegularisation(new SpikeCountEquations(2, 1e-4f, 1e-4f)), 0.1f, new ClippingEquations(maximumNorm)), count);

    private static readonly int[] s_order = [.. Enumerable.Range(0, Examples)];

    private static BatchResult Train(NetworkEngine engine, SpikeTrains trains, Targets targets, LearningStep step, int count = Examples) =>
        engine.Train(
            new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = s_order.AsSpan(0, count) }, step);

    private static float[] WeightsOf(NetworkEngine engine, NetworkProgram program)
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        engine.GetWeights(weights);
        return CpuEngineTests.Flatten(weights);
    }

    private static void CopyState(NetworkEngine from, NetworkEngine to)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        from.SaveState(writer);
        writer.Flush();
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        to.LoadState(reader);
        Assert.AreEqual(stream.Length, stream.Position);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        // Adam turns a gradient of rounding errors into a whole step: few weights may differ, and by a step at most.
        double[] differences = [.. expected.Zip(actual, (e, a) => (double)Math.Abs(e - a))];
        Assert.IsLessThan(1e-5, differences.Order().ElementAt(differences.Length * 99 / 100), "the 99th percentile of the differences");
    }
}
