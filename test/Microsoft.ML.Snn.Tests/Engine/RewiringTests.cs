using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Deep-R: what it promises of the synapses while a network learns.</summary>
[TestClass]
public sealed class RewiringTests
{
    private const int Channels = 40, Units = 30, Examples = 32, Steps = 20;

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    public void Train_ManyUpdates_KeepsTheNumberAndTheSignsOfTheSynapses()
    {
        NetworkProgram program = Program(0.2, new DeepRewiring(strength: 2e-3, noise: 1e-3));
        using NetworkEngine engine = Engine(program, out NetworkWeights initial);
        NetworkWeights weights = initial.Clone();
        int synapses = initial[0].Length;
        int inhibitory = initial[0].Count(w => w < 0);
        long rewired = 0;
        for (int batch = 0; batch < 60; batch++)
        {
            BatchResult result = Train(engine, batch + 1);
            engine.GetWeights(weights);
            (int Row, int Column, int Weight)[] table = [.. Synapses.Of(weights.Tables[0]!)];
            rewired += result.RewiredSynapses;

            Assert.HasCount(synapses, table);
            Assert.HasCount(synapses, table.Select(s => (s.Row, s.Column)).ToHashSet());
            Assert.HasCount(synapses, table.Select(s => s.Weight).ToHashSet());
            Assert.IsTrue(weights[0].Zip(initial[0]).All(pair => pair.First == 0 || pair.First < 0 == pair.Second < 0), "A sign has changed.");
            Assert.AreEqual(0, result.RewiringFailures);
        }

        Assert.IsGreaterThan(synapses / 10L, rewired);
        Assert.IsInRange(0.2 * synapses, 0.8 * synapses, inhibitory, "Both signs must be there for the test to mean anything.");
        Assert.IsLessThan(
            synapses, Synapses.Of(weights.Tables[0]!).Intersect(Synapses.Of(program.Connections[0].Table!)).Count(), "No synapse has moved.");
    }

    /// <summary>With no optimiser, an update is the pull alone.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(32)]
    public void Train_BatchOfAnySize_PullsByTheStrength(int batchSize)
    {
        const float Strength = 0.01f;
        NetworkProgram program = Program(0.2, new DeepRewiring(Strength));
        using NetworkEngine engine = Engine(program, out NetworkWeights initial);
        NetworkWeights weights = initial.Clone();
        long rewired = Train(engine, 1, batchSize, UpdateEquations.None).RewiredSynapses;
        engine.GetWeights(weights);

        Assert.AreEqual(initial[0].Count(w => Math.Abs(w) < Strength), rewired);
        for (int n = 0; n < initial[0].Length; n++)
        {
            float expected = Math.Max(0, Math.Abs(initial[0][n]) - Strength) * Math.Sign(initial[0][n]);
            Assert.AreEqual(expected, weights[0][n], 1e-7f);
        }
    }

    /// <summary>Noise has the deviation that was asked for.</summary>
    [TestMethod]
    public void Train_Noise_HasItsDeviation()
    {
        const double Noise = 0.01;
        NetworkProgram program = Program(0.9, new DeepRewiring(0, Noise));
        using NetworkEngine engine = Engine(program, out NetworkWeights initial);
        NetworkWeights weights = initial.Clone();
        Train(engine, 1, 32, UpdateEquations.None);
        engine.GetWeights(weights);

        double[] moves = [.. initial[0].Zip(weights[0]).Where(p => Math.Abs(p.First) > 6 * Noise).Select(p => (double)p.Second - p.First)];
        Assert.IsGreaterThan(200, moves.Length);
        Assert.AreEqual(Noise, Math.Sqrt(moves.Average(m => m * m)), 5 * Noise / Math.Sqrt(2 * moves.Length));
        Assert.AreEqual(0, moves.Average(), 5 * Noise / Math.Sqrt(moves.Length));
    }

    [TestMethod]
    [Timeout(20_000, CooperativeCancellation = true)]
    [DataRow(true)]
    [DataRow(false)]
    public void Train_FullMatrix_CountsFailuresAndEnds(bool allowSelf)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode hidden = graph.Population("hidden", Units);
                graph.Connect(graph.Input(), hidden);
                graph.Connect(hidden, hidden, Connectivity.Sparse(1, allowSelf: allowSelf, rewiring: new DeepRewiring(10)), weights: Weights.Normal(0, 0.1));
                graph.Connect(hidden, graph.Output());
            }),
            Channels, Steps, 1, 3);
        using NetworkEngine engine = Engine(program, out NetworkWeights initial);
        BatchResult result = Train(engine, 1);

        Assert.AreEqual(0, result.RewiredSynapses);
        Assert.AreEqual(initial[1].Length, result.RewiringFailures);
        Assert.AreEqual(Units * (Units - (allowSelf ? 0 : 1)), initial[1].Length);
    }

    /// <summary>One place is free: every synapse in turn moves to where the one before it was.</summary>
    [TestMethod]
    [Timeout(20_000, CooperativeCancellation = true)]
    public void Train_NearlyFullMatrix_FindsTheLastFreePlace()
    {
        (int, int)[] pairs = [.. Synapses.Of(SynapseTable.Dense(Channels, Units)).Select(s => (s.Row, s.Column)).Skip(1)];
        ConnectionProgram connection = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode hidden = graph.Population("hidden", Units);
                graph.Connect(graph.Input(), hidden, Connectivity.Pairs(pairs));
                graph.Connect(hidden, graph.Output());
            }),
            Channels, Steps, 1, 3).Connections[0] with
        { Rewiring = new RewiringProgram(new DeepRewiring(1), 0, 0, true) };
        float[] weights = [.. Enumerable.Repeat(0.5f, pairs.Length)];
        float[] moments = new float[pairs.Length];
        ML.Snn.Engine.Cpu.Rewirer rewirer = Rewirer(connection, stream: 0, weights);
        SynapseTable moved = Apply(rewirer, weights, moments, moments)!;

        Assert.AreEqual((pairs.Length, 0), rewirer.TakeCounts());
        Assert.HasCount(pairs.Length, Synapses.Of(moved).Select(s => (s.Row, s.Column)).ToHashSet());
    }

    /// <summary>What the synapse that was there had learnt is nothing to the one that comes.</summary>
    [TestMethod]
    public void Apply_SynapsesThatMove_BeginWithoutMoments()
    {
        ConnectionProgram connection = Recurrent(new DeepRewiring(0.1), allowSelf: true);
        float[] weights = [.. Enumerable.Range(0, connection.WeightCount).Select(n => n % 3 == 0 ? 0.05f : 0.5f)];
        float[] first = [.. weights.Select((_, n) => n + 1f)], second = [.. weights.Select((_, n) => n + 2f)];

        Apply(Rewirer(connection, stream: 0, weights), weights, first, second);

        CollectionAssert.AreEqual(weights.Select((_, n) => n % 3 == 0 ? 0 : n + 1f).ToArray(), first);
        CollectionAssert.AreEqual(weights.Select((_, n) => n % 3 == 0 ? 0 : n + 2f).ToArray(), second);
    }

    [TestMethod]
    public void Apply_NoSelfConnections_MovesNoneOntoTheDiagonal()
    {
        ConnectionProgram connection = Recurrent(new DeepRewiring(1), allowSelf: false);
        float[] weights = [.. Enumerable.Repeat(0.5f, connection.WeightCount)], moments = new float[weights.Length];
        ML.Snn.Engine.Cpu.Rewirer rewirer = Rewirer(connection, stream: 0, weights);
        for (int update = 0; update < 10; update++)
        {
            SynapseTable moved = Apply(rewirer, weights, moments, moments)!;

            Assert.IsTrue(Synapses.Of(moved).All(s => s.Row != s.Column), $"update {update}");
        }

        Assert.AreEqual((10 * weights.Length, 0), rewirer.TakeCounts());
    }

    /// <summary>The noise of another update and of another connection has nothing to do with that of the first.</summary>
    [TestMethod]
    public void Apply_Noise_IsDrawnAnewForEveryUpdateAndConnection()
    {
        const double Noise = 0.01;
        ConnectionProgram connection = Recurrent(new DeepRewiring(0, Noise), allowSelf: true);
        var moves = new List<double[]>();
        foreach (int stream in new[] { 0, 1 })
        {
            float[] weights = [.. Enumerable.Repeat(1f, connection.WeightCount)], moments = new float[weights.Length];
            ML.Snn.Engine.Cpu.Rewirer rewirer = Rewirer(connection, stream, weights);
            for (int update = 0; update < 2; update++)
            {
                float[] before = [.. weights];
                Apply(rewirer, weights, moments, moments);
                moves.Add([.. weights.Zip(before, (after, w) => (double)after - w)]);
            }
        }

        for (int one = 0; one < moves.Count; one++)
        {
            for (int other = 0; other < one; other++)
            {
                double correlation = moves[one].Zip(moves[other], (a, b) => a * b).Average() / (Noise * Noise);
                Assert.AreEqual(0, correlation, 5 / Math.Sqrt(connection.WeightCount), $"{one} and {other}");
            }
        }
    }

    [TestMethod]
    public void Train_SavedAndResumedOrOnOtherThreads_GivesTheSameBits()
    {
        NetworkProgram program = Program(0.2, new DeepRewiring(2e-3, 1e-3));
        using NetworkEngine straight = Engine(program, out NetworkWeights weights);
        using NetworkEngine other = Engine(program, out _, threads: 3);
        using NetworkEngine resumed = Engine(program, out _);
        var state = new MemoryStream();
        for (int batch = 0; batch < 20; batch++)
        {
            if (batch == 10)
            {
                straight.SaveState(new BinaryWriter(state));
                state.Position = 0;
                resumed.LoadState(new BinaryReader(state));
            }

            Train(straight, batch + 1);
            Train(other, batch + 1);
            if (batch >= 10)
            {
                Train(resumed, batch + 1);
            }
        }

        straight.GetWeights(weights);
        foreach (NetworkEngine engine in new[] { other, resumed })
        {
            NetworkWeights found = NetworkWeights.ZerosFor(program);
            engine.GetWeights(found);
            CollectionAssert.AreEqual(weights[0], found[0]);
            CollectionAssert.AreEqual(weights[1], found[1]);
            CollectionAssert.AreEqual(weights.Tables[0]!.Segments.ToArray(), found.Tables[0]!.Segments.ToArray());
        }
    }

    /// <summary>A checkpoint has the same form whatever engine wrote it.</summary>
    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_SavedOnAnAccelerator_ResumesThereWithTheSameBitsAndOnTheCpuToRounding(string device)
    {
        NetworkProgram program = Program(0.2, new DeepRewiring(2e-2, 1e-2));
        using NetworkEngine cpu = Engine(program, out NetworkWeights weights);
        using NetworkEngine straight = TestDevices.CreateEngine(device, program, batchSize: 2, spikesPerNeuron: 4);
        using NetworkEngine resumed = TestDevices.CreateEngine(device, program, batchSize: 2, spikesPerNeuron: 4);
        straight.SetWeights(weights);
        Assert.IsGreaterThan(5, Train(straight, 1, batchSize: 2).RewiredSynapses);
        var state = new MemoryStream();
        straight.SaveState(new BinaryWriter(state));
        foreach (NetworkEngine engine in new[] { resumed, cpu })
        {
            state.Position = 0;
            engine.LoadState(new BinaryReader(state));
            Train(engine, 2, batchSize: 2);
        }

        Train(straight, 2, batchSize: 2);
        straight.GetWeights(weights);
        foreach ((NetworkEngine engine, double tolerance) in new[] { (resumed, 0.0), (cpu, 1e-4) })
        {
            NetworkWeights found = NetworkWeights.ZerosFor(program);
            engine.GetWeights(found);
            CollectionAssert.AreEqual(weights.Tables[0]!.Segments.ToArray(), found.Tables[0]!.Segments.ToArray());
            Assert.IsTrue(weights[0].Zip(found[0]).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance));
            Assert.IsTrue(weights[1].Zip(found[1]).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance));
        }
    }

    /// <summary>A network that was built with the rewired synapses computes what the one that was rewired computes.</summary>
    [TestMethod]
    public void Train_AfterRewiring_IsTheNetworkOfTheNewSynapses()
    {
        NetworkProgram program = Program(0.2, new DeepRewiring(5e-3));
        using NetworkEngine rewired = Engine(program, out NetworkWeights weights);
        for (int batch = 0; batch < 20; batch++)
        {
            Train(rewired, batch + 1);
        }

        rewired.GetWeights(weights);
        NetworkProgram built = program.WithTablesOf(weights);
        Assert.AreNotSame(program.Connections[0].Table, built.Connections[0].Table);
        NetworkWeights plain = NetworkWeights.ZerosFor(built);
        for (int c = 0; c < plain.Count; c++)
        {
            weights[c].CopyTo(plain[c], 0);
        }

        using NetworkEngine fresh = EngineFactory.CreateForCpu(built, Examples, threads: 1);
        fresh.SetWeights(plain);
        NetworkWeights[] gradients = [NetworkWeights.ZerosFor(program), NetworkWeights.ZerosFor(program)];
        BatchResult[] results = new BatchResult[2];
        foreach ((NetworkEngine engine, int n) in new[] { (rewired, 0), (fresh, 1) })
        {
            engine.KeepGradient = true;
            results[n] = Train(engine, 1);
            engine.GetGradient(gradients[n]);
        }

        Assert.AreEqual(results[0].Loss, results[1].Loss);
        CollectionAssert.AreEqual(gradients[0][0], gradients[1][0]);
    }

    [TestMethod]
    public void DeepRewiring_NumbersOutOfRange_SaySo()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Connectivity.Sparse(0.1, rewiring: new DeepRewiring(-1)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Connectivity.Sparse(0.1, rewiring: new DeepRewiring(0, double.NaN)));
    }

    /// <summary>A sparse connection of neurons among themselves.</summary>
    private static ConnectionProgram Recurrent(DeepRewiring rule, bool allowSelf) => NetworkProgram.Build(
        SnnNetwork.Graph(graph =>
        {
            GraphNode hidden = graph.Population("hidden", Units);
            graph.Connect(graph.Input(), hidden);
            graph.Connect(hidden, hidden, Connectivity.Sparse(0.5, allowSelf: allowSelf, rewiring: rule));
            graph.Connect(hidden, graph.Output());
        }),
        Channels, Steps, 1, 3).Connections.Single(c => c.Rewiring != null);

    private static ML.Snn.Engine.Cpu.Rewirer Rewirer(ConnectionProgram connection, int stream, float[] weights)
    {
        var rewirer = new ML.Snn.Engine.Cpu.Rewirer(connection with { Rewiring = connection.Rewiring! with { Stream = stream } });
        rewirer.Load(connection.Table!, weights);
        return rewirer;
    }

    private static unsafe SynapseTable? Apply(ML.Snn.Engine.Cpu.Rewirer rewirer, float[] weights, float[] first, float[] second)
    {
        fixed (float* w = weights, m = first, v = second)
        {
            return rewirer.Apply(w, m, v);
        }
    }

    private static NetworkProgram Program(double probability, DeepRewiring rewiring) => NetworkProgram.Build(
        SnnNetwork.Graph(graph =>
        {
            GraphNode hidden = graph.Population("hidden", Units);
            graph.Connect(graph.Input(), hidden, Connectivity.Sparse(probability, rewiring: rewiring), weights: Weights.Normal(0.3, 0.6));
            graph.Connect(hidden, graph.Output());
        }),
        Channels, Steps, 1, 3);

    private static NetworkEngine Engine(NetworkProgram program, out NetworkWeights weights, int threads = 1)
    {
        NetworkEngine engine = EngineFactory.CreateForCpu(program, Examples, threads);
        weights = NetworkWeights.Draw(program, new InputStatistics(50, 50, false), seed: 3);
        engine.SetWeights(weights);
        return engine;
    }

    private static BatchResult Train(NetworkEngine engine, int update, int batchSize = Examples, UpdateEquations? equations = null)
    {
        var random = new Random(5);
        var builder = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false);
        List<int> labels = [];
        for (int example = 0; example < Examples; example++)
        {
            labels.Add(random.Next(3));
            int[] slots = [.. Enumerable.Range(0, Steps * Channels).Where(_ => random.Next(16) == 0)];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = builder.ToSpikeTrains(),
                Targets = Targets.OfClasses([.. labels]),
                ExampleWeights = null,
                Examples = [.. Enumerable.Range(0, batchSize)],
            },
            new LearningStep(
                new ParameterUpdates(equations ?? new UpdateEquations(new AdamEquations(1e-2, 0.9, 0.999, 1e-8, update))), default, 0.1f));
        Assert.IsGreaterThan(0L, result.HiddenSpikes, "A network without spikes proves nothing.");
        return result;
    }
}
