using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Tests.Engine;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>Users' neurons and synapses on an accelerator have the spikes, losses, gradients and updates of the graph engine on the CPU.</summary>
/// <remarks>The network: input to first and second, first to second and back, first to itself, both to the output.</remarks>
[TestClass]
public sealed class AcceleratorCellTests
{
    private const int Units = 7;

    // Critical leaves its range with the first update.
    private static readonly LearnedNumber[] s_learned = [new("Critical", 2, 0.495, 0.505), new("Bias", 3, -0.5, 0.5), new("Peak", 4, 1.1, 4)];

    // With each neuron a size of the weights that lead to it: it should spike a few times.
    private static readonly Dictionary<string, (Neuron Neuron, Synapse? Synapse, double Weight)> s_cells = new()
    {
        ["quadratic"] = (Neuron.Custom(new QuadraticNeuron()), null, 1),
        ["quadratic, other numbers"] = (Neuron.Custom(new QuadraticNeuron { MembraneTime = 7, Peak = 1.2f }), null, 1),
        ["Izhikevich"] = (Neuron.Custom(new IzhikevichNeuron(), subSteps: 3), new ExponentialSynapse(4), 12),
        ["two compartments, refractory"] = (Neuron.Custom(new TwoCompartmentNeuron()) with { RefractoryPeriod = 2 }, null, 2),
        ["odd, refractory"] = (Neuron.Custom(new OddNeuron()) with { RefractoryPeriod = 3 }, Synapse.Custom(new RiseAndDecaySynapse()), 1),
        ["tunable, refractory"] = (Neuron.Custom(new TunableNeuron(), learned: s_learned) with { RefractoryPeriod = 2 }, null, 1),
        ["leaky"] = (new LeakyIntegrateFire(), null, 0.6),
    };

    public static IEnumerable<object[]> Pairs() =>
        from device in TestDevices.All
        from pair in new[]
        {
            ("Izhikevich", "two compartments, refractory"), ("leaky", "odd, refractory"),
            ("tunable, refractory", "leaky"),
        }
        select new object[] { device, pair.Item1, pair.Item2 };

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Pairs))]
    public void Train_UsersCells_EqualsCpu(string device, string first, string second) =>
        AssertSame(device, new EngineCase(Graph(first, second)));

    /// <summary>Both populations have cells of one kind, with other numbers.</summary>
    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_LearnedDelaysOfUsersCells_EqualsCpu(string device) => AssertSame(
        device, new EngineCase(Graph("quadratic", "quadratic, other numbers", (rows, _) => Delay.PerNeuronUniform(0, 4, seed: rows).Learn(6))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RegularisedAndClipped_EqualsCpu(string device) => AssertSame(device, new EngineCase(Graph("leaky", "odd, refractory"))
    {
        SpikeCounts = new(new SpikeCountEquations(1, 0.3f, 0.2f)),
        MaximumGradientNorm = 0.05f,
        GrazingLimit = 0.4f,
        HasValues = true,
        SpikesPerNeuron = 1,
    });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ConstantCurrent_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Graph("leaky", "odd, refractory")) { IsConstantCurrent = true });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Score_UsersCells_EqualsCpu(string device)
    {
        using var engines = new EnginePair(device, new EngineCase(Graph("leaky", "odd, refractory")));

        engines.Score();
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_StateThatRunsAway_IsTheErrorOfTheCpu(string device)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode input = graph.Input(), output = graph.Output();
                GraphNode before = graph.Population("before", 3), run = graph.Population("run", 2, Neuron.Custom(new RunawayNeuron()));
                graph.Connect(input, before);
                graph.Connect(input, run, Connectivity.Pairs([(0, 1)]));
                graph.Connect(before, output);
                graph.Connect(run, output);
            }),
            channels: EngineCase.Channels, EngineCase.Steps, timeStep: 1, EngineCase.Classes);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[1].AsSpan().Fill(3);
        using NetworkEngine cpu = EngineFactory.CreateForCpu(program, batchSize: 2, threads: 1);
        using NetworkEngine accelerator = TestDevices.CreateEngine(device, program, batchSize: 2, spikesPerNeuron: 1);

        string[] messages = [.. new[] { cpu, accelerator }.SelectMany(engine => new[] { Message(engine, Train), Message(engine, Score) })];

        Assert.Contains("The state of RunawayNeuron must stay finite, but variable 1 of neuron 1 of run was ", messages[0], StringComparison.Ordinal);
        CollectionAssert.AreEqual(Enumerable.Repeat(messages[0], 4).ToArray(), messages);

        string Message(NetworkEngine engine, Action<NetworkEngine> act)
        {
            engine.SetWeights(weights);
            return Assert.ThrowsExactly<InvalidOperationException>(() => act(engine)).Message;
        }

        void Train(NetworkEngine engine) => engine.Train(
            new TrainingBatch
            {
                Trains = new EngineCase(program.Description).Draw(),
                Targets = EngineCase.TargetsFor(program),
                ExampleWeights = null,
                Examples = [0, 1],
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 0.1f));

        void Score(NetworkEngine engine) => engine.Score(
            new EngineCase(program.Description).Draw(), new float[5 * EngineCase.Classes]);
    }

    private static SnnNetwork Graph(string firstKind, string secondKind, Func<int, int, Delay>? delay = null) => SnnNetwork.Graph(graph =>
    {
        delay ??= (_, _) => Delay.None;
        (Neuron firstNeuron, Synapse? toFirst, double own) = s_cells[firstKind];
        (Neuron secondNeuron, Synapse? toSecond, double other) = s_cells[secondKind];
        GraphNode input = graph.Input(), output = graph.Output();
        GraphNode first = graph.Population("first", Units, firstNeuron), second = graph.Population("second", Units + 2, secondNeuron);
        graph.Connect(input, first, synapse: toFirst, weights: Weights.Normal(0.6 * own, own), delay: delay(EngineCase.Channels, Units));
        graph.Connect(input, second, synapse: toSecond, weights: Weights.Normal(0.6 * other, other));
        graph.Connect(first, second, synapse: toSecond, weights: Weights.Normal(0, 0.6 * other), delay: delay(Units, Units));
        graph.Connect(second, first, Connectivity.Sparse(0.3, seed: 4), toFirst, Weights.Normal(0, 0.6 * own));
        graph.Connect(first, first, synapse: toFirst, weights: Weights.Normal(0, 0.6 * own));
        graph.Connect(first, output, weights: Weights.Normal(0, 1));
        graph.Connect(second, output, weights: Weights.Normal(0, 1));
    });

    private static void AssertSame(string device, EngineCase given)
    {
        using var engines = new EnginePair(device, given with { Updates = 2 });

        BatchResult total = engines.Train();

        Assert.IsGreaterThan(20, total.HiddenSpikes, "Too few spikes for the test to mean anything.");
    }
}
