using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What every engine does with a gradient, and the state it keeps.</summary>
[TestClass]
public sealed class EngineUpdateTests
{
    private const string Cpu = "cpu";

    private static readonly EngineCase s_case = new(SnnNetwork.Sequential(
        Layer.Dense(13, recurrent: true, weights: Weights.Normal(0.35, 0.6)), Layer.Dense(7, weights: Weights.Normal(1.5, 1.5)), Layer.Output()));

    private static readonly NetworkProgram s_program =
        NetworkProgram.Build(s_case.Network, EngineCase.Channels, EngineCase.Steps, timeStep: 1, EngineCase.Classes);

    private static readonly Targets s_targets = Targets.OfClasses([0, 1, 2, 1, 0]);
    private static readonly SpikeTrains s_trains = s_case.Draw();

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    public static IEnumerable<object[]> Engines() => TestDevices.All.Prepend(Cpu).Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_Clipped_EqualsCpu(string device)
    {
        using EnginePair engines = new(device, s_case with { MaximumGradientNorm = 0.01f });

        engines.Train();
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_OtherOptimizers_EqualCpu(string device)
    {
        foreach (Optimizer optimizer in new Optimizer[] { new Sgd(0.5) { Nesterov = true, WeightDecay = 0.01 }, new AdamW(0.01, 0.5) })
        {
            using EnginePair engines = new(device, s_case with { Optimizer = optimizer });

            engines.Train();
        }
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Train_Clipped_MovesByTheShortenedGradient(string device)
    {
        const float Maximum = 0.01f;
        using NetworkEngine engine = Create(device);
        engine.KeepGradient = true;
        NetworkWeights before = Read(engine.GetWeights);

        BatchResult result = Train(engine, 1, new Sgd(0.5, momentum: 0), new ClippingEquations(Maximum));

        NetworkWeights gradient = Read(engine.GetGradient), after = Read(engine.GetWeights);
        double norm = Math.Sqrt(Each(gradient).Sum(g => (double)g * g));
        Assert.IsGreaterThan(2 * Maximum, norm, "The case must be one that is clipped.");
        Assert.AreEqual(norm, result.GradientNorm, 1e-5 * norm);
        foreach (((float w0, float w1), float g) in Each(before).Zip(Each(after)).Zip(Each(gradient)))
        {
            Assert.AreEqual(w0 - 0.5 * g * Maximum / norm, w1, 1e-6);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Train_ClippingThatNeverActs_GivesTheBitsOfNone(string device)
    {
        using NetworkEngine clipped = Create(device), free = Create(device);
        for (int update = 1; update <= 3; update++)
        {
            Assert.IsGreaterThan(0, Train(clipped, update, new Adam(0.01), new ClippingEquations(1e6f)).GradientNorm);
            Train(free, update, new Adam(0.01));
        }

        CollectionAssert.AreEqual(Each(Read(free.GetWeights)).ToArray(), Each(Read(clipped.GetWeights)).ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void Train_ParameterWithoutOptimizer_KeepsItsBits(string device)
    {
        using NetworkEngine engine = Create(device);
        NetworkWeights before = Read(engine.GetWeights);
        UpdateEquations adam = new Adam(0.01).AtUpdate(1);

        engine.Train(Batch(), new LearningStep(new ParameterUpdates([adam, UpdateEquations.None, adam, adam]), default, 0.05f));

        NetworkWeights after = Read(engine.GetWeights);
        for (int connection = 0; connection < 4; connection++)
        {
            Assert.AreEqual(connection == 1, before[connection].SequenceEqual(after[connection]), $"connection {connection}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public void LoadState_InANewEngine_GoesOnWithTheSameBits(string device)
    {
        using NetworkEngine first = Create(device), second = Create(device);
        Train(first, 1, new Adam(0.01));
        Train(first, 2, new Adam(0.01));
        byte[] state = StateOf(first);

        second.LoadState(new BinaryReader(new MemoryStream(state)));

        CollectionAssert.AreEqual(state, StateOf(second));
        Assert.AreEqual(Train(first, 3, new Adam(0.01)), Train(second, 3, new Adam(0.01)));
        CollectionAssert.AreEqual(StateOf(first), StateOf(second));
        CollectionAssert.AreEqual(CountsOf(first), CountsOf(second), "Spikes that were counted and not taken go along.");
        CollectionAssert.AreNotEqual(state, StateOf(second));
        Assert.ThrowsExactly<EndOfStreamException>(() => second.LoadState(new BinaryReader(new MemoryStream(state[..^1]))));
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void LoadState_OfTheCpuOnADevice_IsTheSameState(string device)
    {
        using NetworkEngine cpu = Create(Cpu), other = Create(device);
        Train(cpu, 1, new Adam(0.01));

        other.LoadState(new BinaryReader(new MemoryStream(StateOf(cpu))));

        CollectionAssert.AreEqual(StateOf(cpu), StateOf(other));
    }

    /// <summary>Augmented batches are a data set of their own each, in memory that is used again.</summary>
    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_AnotherDataSetForEachBatch_EqualsCpu(string device)
    {
        using NetworkEngine cpu = Create(Cpu), other = Create(device);
        SpikeTrains[] sets = [s_trains, (s_case with { HasValues = true }).Draw(), s_trains];
        var results = new List<BatchResult>();
        for (int n = 0; n < sets.Length; n++)
        {
            TrainingBatch batch = Batch(sets[n]);
            var step = new LearningStep(new ParameterUpdates(new Adam(0.01).AtUpdate(n + 1)), default, 0.05f, new ClippingEquations(1e6f));
            BatchResult expected = cpu.Train(batch, step), actual = other.Train(batch, step);

            Assert.AreEqual(expected.Loss, actual.Loss, 2e-5 * expected.Loss, $"batch {n}");
            Assert.AreEqual(expected.HiddenSpikes, actual.HiddenSpikes, $"batch {n}");
            Assert.AreEqual(expected.GradientNorm, actual.GradientNorm, 2e-5 * expected.GradientNorm, $"batch {n}");
            results.Add(actual);
        }

        Assert.AreNotEqual(results[0].HiddenSpikes, results[1].HiddenSpikes, "The sets differ.");
    }

    private static NetworkEngine Create(string device)
    {
        NetworkEngine engine = device == Cpu
            ? EngineFactory.CreateForCpu(s_program, EngineCase.BatchSize, threads: 2)
            : TestDevices.CreateEngine(device, s_program, EngineCase.BatchSize, spikesPerNeuron: 1);
        engine.SetWeights(NetworkWeights.Draw(s_program, new InputStatistics(1, 1, false), seed: 3));
        return engine;
    }

    private static TrainingBatch Batch(SpikeTrains? trains = null) =>
        new() { Trains = trains ?? s_trains, Targets = s_targets, ExampleWeights = null, Examples = new[] { 0, 3, 2 } };

    private static BatchResult Train(NetworkEngine engine, int update, Optimizer optimizer, ClippingEquations clipping = default) =>
        engine.Train(Batch(), new LearningStep(new ParameterUpdates(optimizer.AtUpdate(update)), default, 0.05f, clipping));

    private static NetworkWeights Read(Action<NetworkWeights> read)
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(s_program);
        read(weights);
        return weights;
    }

    private static IEnumerable<float> Each(NetworkWeights weights) =>
        Enumerable.Range(0, weights.Count).SelectMany(c => weights[c]);

    private static long[] CountsOf(NetworkEngine engine)
    {
        var counts = new long[20];
        engine.TakeSpikeCounts(counts);
        return counts;
    }

    private static byte[] StateOf(NetworkEngine engine)
    {
        MemoryStream state = new();
        engine.SaveState(new BinaryWriter(state));
        return state.ToArray();
    }
}
