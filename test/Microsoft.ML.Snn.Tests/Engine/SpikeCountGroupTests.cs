using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Cpu.Columns;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Every population may have a spike count of its own that regularisation wants.</summary>
[TestClass]
public sealed class SpikeCountGroupTests
{
    private const int Channels = 12, Steps = 30, Count = 4;
    private static readonly SpikeCountEquations s_some = new(Target: 0.5f, StrengthAbove: 0.3f, StrengthBelow: 0.1f);

    [TestMethod]
    [DataRow("layers")]
    [DataRow("graph")]
    [DataRow("event-driven")]
    public void Train_OneLayerOfTwoIsRegularised_ItsPushIsAddedAndNoOther(string engine)
    {
        float[][] none = Gradient(engine, 2, default, null), all = Gradient(engine, 2, s_some, null), both = Gradient(engine, 2, default, [s_some, s_some]);
        float[][] first = Gradient(engine, 2, default, [s_some, default]), second = Gradient(engine, 2, s_some, [default, s_some]);

        for (int c = 0; c < none.Length; c++)
        {
            CollectionAssert.AreEqual(all[c], both[c]);
        }

        // A push at the spikes of the first layer reaches no weight behind it; one at the second goes back to the first.
        CollectionAssert.AreEqual(none[1], first[1]);
        CollectionAssert.AreEqual(none[2], second[2]);
        CollectionAssert.AreNotEqual(none[0], first[0]);
        CollectionAssert.AreNotEqual(none[1], second[1]);
        CollectionAssert.AreNotEqual(none[0], second[0]);

        // The adjoint is linear in what is pushed.
        for (int c = 0; c < none.Length; c++)
        {
            float largest = all[c].Max(Math.Abs);
            for (int n = 0; n < none[c].Length; n++)
            {
                Assert.AreEqual(first[c][n] + second[c][n] - none[c][n], all[c][n], 1e-4f * largest, $"{c} {n}");
            }
        }
    }

    [TestMethod]
    public void Train_OneHiddenLayer_GroupsAreWhatHoldsForAll()
    {
        float[] expected = Gradient("columns", 1, s_some, null)[0];

        CollectionAssert.AreEqual(expected, Gradient("columns", 1, default, [s_some])[0]);
        CollectionAssert.AreNotEqual(expected, Gradient("columns", 1, s_some, [default])[0]);
    }

    [TestMethod]
    [DynamicData(nameof(Networks))]
    public void Train_EveryPopulationItsOwnOnADevice_EqualsCpu(string device, string kind)
    {
        var neuron = new LeakyIntegrateFire { RefractoryPeriod = 1 };
        var given = new EngineCase(kind == "stack"
            ? SnnNetwork.Sequential(Layer.Dense(8, neuron, recurrent: true), Layer.Dense(7), Layer.Dense(6), Layer.Output())
            : SnnNetwork.Graph(graph =>
            {
                // An output in between: populations are not counted as those that spike are.
                GraphNode input = graph.Input(), first = graph.Population("first", 8, neuron), output = graph.Output();
                GraphNode second = graph.Population(
                    "second", 40, kind == "own" ? Neuron.Custom(new OwnNeurons.TwoCompartmentNeuron()) with { RefractoryPeriod = 1 } : neuron);
                GraphNode third = graph.Population("third", 6);
                graph.Connect(input, first, weights: Weights.Normal(0.5, 0.6));
                graph.Connect(input, second, weights: Weights.Normal(1.2, 1.2));
                graph.Connect(second, third, weights: Weights.Normal(0.2, 0.5));
                graph.Connect(first, third, weights: Weights.Normal(0.3, 0.5));
                graph.Connect(third, output, weights: Weights.Normal(0, 1));
                graph.Connect(first, output, weights: Weights.Normal(0, 1));
            }))
        {
            SpikeCounts = new([new SpikeCountEquations(0.4f, 0.6f, 0.2f), default, new SpikeCountEquations(3, 0.1f, 0.7f)]),
        };
        using var engines = new EnginePair(device, given);

        Assert.IsGreaterThan(40, engines.Train().HiddenSpikes, "Too few spikes for the test to mean anything.");
    }

    public static IEnumerable<object[]> Networks() =>
        from device in TestDevices.All from kind in new[] { "stack", "graph", "own" } select new object[] { device, kind };

    private static float[][] Gradient(string name, int layers, SpikeCountEquations all, SpikeCountEquations[]? each)
    {
        Layer[] hidden = [.. Enumerable.Range(0, layers).Select(n => Layer.Dense(14 - 3 * n))];
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential([.. hidden, Layer.Output()]), Channels, Steps, timeStep: 1, outputs: 3,
            integrator: name == "event-driven" ? Integrator.EventDriven : Integrator.Grid);
        using NetworkEngine engine = name switch
        {
            "graph" => new GraphEngine<Vector512Lane>(program, Count, threads: 2),
            "columns" => new ColumnEngine<Vector512Lane>(program, Count, threads: 2),
            "event-driven" => new ExactEngine<Vector512Lane>(program, Count, threads: 2),
            _ => new CpuEngine<Vector512Lane>(program, Count, threads: 2),
        };
        engine.KeepGradient = true;
        var random = new Random(7);
        bool isExact = program.Integrator == Integrator.EventDriven;
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        foreach (ConnectionProgram c in program.Connections)
        {
            foreach (ref float weight in weights[c.Index].AsSpan())
            {
                weight = (float)((random.NextDouble() - 0.2) * (isExact ? 12 : 4) / Math.Sqrt(c.Rows));
            }
        }

        engine.SetWeights(weights);
        var trains = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false, isSpikeTimes: isExact);
        for (int example = 0; example < Count; example++)
        {
            trains.AddDense(isExact
                ? [.. Enumerable.Range(0, Channels).Select(_ => 20 * random.NextSingle())]
                : [.. Enumerable.Range(0, Steps * Channels).Select(_ => random.Next(8) == 0 ? 1f : 0)]);
        }

        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = trains.ToSpikeTrains(),
                Targets = Targets.OfClasses([0, 1, 2, 0]),
                ExampleWeights = null,
                Examples = [0, 1, 2, 3],
            },
            new LearningStep(new ParameterUpdates(UpdateEquations.None), each == null ? new(all) : new(each), 0.1f));
        Assert.IsGreaterThan(40L, result.HiddenSpikes, "Too few spikes for the test to mean anything.");
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        return [.. Enumerable.Range(0, gradient.Count).Select(p => gradient[p])];
    }
}
