using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Graphs on an accelerator have the spikes, losses, gradients and updates of the graph engine on the CPU.</summary>
/// <remarks>The network: input to first and second, first to second and back, first to itself, both to the output.</remarks>
[TestClass]
public sealed class AcceleratorGraphTests
{
    private const LearnedParameters Everything =
        LearnedParameters.Bias | LearnedParameters.MembraneTime | LearnedParameters.SynapseTime | LearnedParameters.Threshold;

    private static readonly Dictionary<string, Neuron> s_neurons = new()
    {
        ["leaky"] = new LeakyIntegrateFire { MembraneTime = 15 },
        ["bias"] = new LeakyIntegrateFire { Bias = 0.4 },
        ["refractory"] = new LeakyIntegrateFire { RefractoryPeriod = 2, Reset = -0.3 },
        ["subtraction"] = new LeakyIntegrateFire { ResetMode = ResetMode.Subtraction, Reset = 0.1 },
        ["no leak"] = new IntegrateFire { IntegrationTime = 12 },
        ["adaptive"] = new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.3, AdaptationTime = 15 },
        ["adaptive, subtraction, refractory"] = new AdaptiveLeakyIntegrateFire
        {
            AdaptationStrength = 0.3,
            AdaptationTime = 15,
            ResetMode = ResetMode.Subtraction,
            RefractoryPeriod = 1,
        },
    };

    private static readonly Dictionary<string, Synapse> s_synapses = new()
    {
        ["exponential"] = new ExponentialSynapse(5),
        ["slower"] = new ExponentialSynapse(9),
        ["alpha"] = new AlphaSynapse(3),
        ["delta"] = new DeltaSynapse(),
    };

    public static IEnumerable<object[]> Neurons() =>
        from device in TestDevices.All from neuron in s_neurons.Keys select new object[] { device, neuron };

    public static IEnumerable<object[]> Synapses() =>
        from device in TestDevices.All
        from synapse in s_synapses.Keys.Skip(1)
        from neuron in synapse == "delta" ? new[] { "leaky", "subtraction", "adaptive, subtraction, refractory" } : ["leaky"]
        select new object[] { device, synapse, neuron };

    public static IEnumerable<object[]> Delays() =>
        from device in TestDevices.All
        from delay in new[] { "of the connection", "of the neuron", "of the synapse" }
        from learned in new[] { false, true }
        select new object[] { device, delay, learned };

    public static IEnumerable<object[]> LearnedNumbers() =>
        from device in TestDevices.All
        from pair in new[] { ("refractory", "slower"), ("no leak", "delta"), ("adaptive, subtraction, refractory", "alpha") }
        select new object[] { device, pair.Item1, pair.Item2 };

    public static IEnumerable<object[]> Connectivities() =>
        from device in TestDevices.All
        from connectivity in new[] { "sparse", "one to one", "convolution", "pool", "pooled dense" }
        select new object[] { device, connectivity };

    public static IEnumerable<object[]> Readouts() =>
        from device in TestDevices.All
        from readout in Enum.GetValues<Readout>()
        from loss in readout == Readout.AverageMembrane
            ? new[] { Loss.SigmoidCrossEntropy, Loss.SoftmaxCrossEntropy with { EveryStep = true } }
            : readout == Readout.MembraneAtEveryStep ? [Loss.MeanSquaredError] : [Loss.SoftmaxCrossEntropy]
        select new object[] { device, readout, loss };

    [TestMethod]
    [DynamicData(nameof(Neurons))]
    public void Train_Neurons_EqualsCpu(string device, string neuron) => AssertSame(device, Graph(s_neurons[neuron]));

    [TestMethod]
    [DynamicData(nameof(Synapses))]
    public void Train_Synapses_EqualsCpu(string device, string synapse, string neuron) =>
        AssertSame(device, Graph(s_neurons[neuron], s_synapses[synapse]));

    [TestMethod]
    [DynamicData(nameof(Delays))]
    public void Train_Delays_EqualsCpu(string device, string delay, bool isLearned)
    {
        Delay Of(int rows, int columns)
        {
            Delay described = delay switch
            {
                "of the connection" => Delay.Of(3),
                "of the neuron" => Delay.PerNeuron(Enumerable.Range(0, rows).Select(n => 0.4 + n % 5)),
                _ => Delay.PerSynapse(Enumerable.Range(0, rows * columns).Select(n => 0.4 + n % 7)),
            };
            return isLearned ? described.Learn(8) : described;
        }

        AssertSame(device, Graph(s_neurons["leaky"], delay: Of, readout: isLearned ? Readout.MaximumMembrane : Readout.SumMembrane));
    }

    [TestMethod]
    [DynamicData(nameof(LearnedNumbers))]
    public void Train_LearnedNumbers_EqualsCpu(string device, string neuron, string synapse) =>
        AssertSame(device, Graph(s_neurons[neuron] with { Learned = Everything, Bias = 0.1 }, s_synapses[synapse], learned: Everything));

    [TestMethod]
    [DynamicData(nameof(Connectivities))]
    public void Train_Connectivities_EqualsCpu(string device, string connectivity)
    {
        (Connectivity Rule, Shape? Shape) of = connectivity switch
        {
            "sparse" => (Connectivity.Sparse(0.4, seed: 2), 7),
            "one to one" => (Connectivity.OneToOne, Shape.Create([3, 3, 2])),
            "convolution" => (Connectivity.Convolution2D(3, 2, stride: 1, Padding.Same), null),
            "pool" => (Connectivity.AveragePool2D(2, 1, weight: 20), null),
            _ => (Connectivity.AveragePoolDense(2, 1), 6),
        };
        AssertSame(device, new EngineCase(SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(shape: Shape.Create([3, 3, 1]));
            GraphNode first = graph.Population("first", Shape.Create([3, 3, 2]));
            GraphNode second = graph.Population("second", of.Shape, new LeakyIntegrateFire { Threshold = 0.6 });
            GraphNode output = graph.Output();
            graph.Connect(input, first, Connectivity.Convolution2D(2, 2, padding: Padding.Same), weights: Weights.Normal(0.9, 0.6));
            graph.Connect(first, second, of.Rule, weights: Weights.Normal(1.5, 0.7), delay: Delay.Of(1));
            graph.Connect(second, output, weights: Weights.Normal(0, 1));
            graph.Connect(first, output, Connectivity.Sparse(0.5), weights: Weights.Normal(0, 1));
            graph.Connect(second, first, Connectivity.Sparse(0.3, seed: 5), weights: Weights.Normal(0, 0.4));
        }))
        {
            // Weights that are fixed have no part in the norm.
            MaximumGradientNorm = 0.1f,
        });
    }

    [TestMethod]
    [DynamicData(nameof(Readouts))]
    public void Train_ReadoutsAndLosses_EqualsCpu(string device, Readout readout, Loss loss) =>
        AssertSame(device, Graph(s_neurons["leaky"], readout: readout, loss: loss));

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_NumbersOfEachNeuron_EqualsCpu(string device) => AssertSame(device, Graph(new LeakyIntegrateFire
    {
        PerNeuron = new PerNeuron(
            thresholds: [.. Enumerable.Range(0, Units).Select(n => 0.8 + 0.1 * n)],
            membraneTimes: [.. Enumerable.Range(0, Units).Select(n => 10.0 + n)]),
    }));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_TwoInputsAndTwoOutputs_EqualsCpu(string device) => AssertSame(device, new EngineCase(SnnNetwork.Graph(graph =>
    {
        GraphNode left = graph.Input("left", 4), right = graph.Input("right", 5);
        GraphNode first = graph.Population("first", 11), second = graph.Population("second", 40);
        GraphNode output = graph.Output(), other = graph.Output("other", Readout.MaximumMembrane);
        graph.Connect(left, first, weights: Weights.Normal(0.9, 0.8));
        graph.Connect(right, first, weights: Weights.Normal(0.3, 0.8), delay: Delay.PerNeuron([0, 1, 2, 3, 4]));
        graph.Connect(right, second, weights: Weights.Normal(0.9, 0.8));
        graph.Connect(first, second, weights: Weights.Normal(0, 1));
        graph.Connect(first, output, weights: Weights.Normal(0, 1));
        graph.Connect(left, output, weights: Weights.Normal(0, 1));
        graph.Connect(second, other, weights: Weights.Normal(0, 1));
    }))
    { HasValues = true });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ConstantCurrent_EqualsCpu(string device) => AssertSame(device, new EngineCase(SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode first = graph.Population("first", 7, new LeakyIntegrateFire { Learned = Everything });
        GraphNode second = graph.Population("second", 6, new IntegrateFire { Learned = Everything });
        GraphNode output = graph.Output();
        graph.Connect(input, first, weights: Weights.Normal(0.4, 0.4), delay: Delay.Of(2));
        graph.Connect(input, first, Connectivity.Sparse(0.5), new AlphaSynapse(3), Weights.Normal(0.2, 0.4));
        graph.Connect(input, second, synapse: new DeltaSynapse(), weights: Weights.Normal(0.4, 0.4));
        graph.Connect(second, first, weights: Weights.Normal(0, 0.5));
        graph.Connect(first, output, weights: Weights.Normal(0, 1));
        graph.Connect(second, output, weights: Weights.Normal(0, 1));
    }))
    { IsConstantCurrent = true });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RegularisationWeightsAndClipping_EqualsCpu(string device) => AssertSame(device, Graph(s_neurons["adaptive"]) with
    {
        SpikeCounts = new(new SpikeCountEquations(Target: 2, StrengthAbove: 0.3f, StrengthBelow: 0.1f)),
        ExampleWeights = [0.5f, 2, 0, 1, 3],
        MaximumGradientNorm = 0.5f,
        Optimizer = new AdamW(0.01) { WeightDecay = 0.1 },
        GrazingLimit = 0.3f,
    });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_Rewired_EqualsCpu(string device)
    {
        using var engines = new EnginePair(device, new EngineCase(SnnNetwork.Graph(graph =>
        {
            Connectivity Rewired(int seed) => Connectivity.Sparse(0.4, seed, rewiring: new DeepRewiring(0.1, 0.05));
            GraphNode input = graph.Input(), output = graph.Output();
            GraphNode first = graph.Population("first", Units), second = graph.Population("second", Units);
            graph.Connect(input, first, Rewired(1), weights: Weights.Normal(2, 1.5), delay: Delay.PerNeuronUniform(0, 4, seed: 6).Learn(6));
            graph.Connect(first, second, Rewired(2), weights: Weights.Normal(2.5, 1.5), delay: Delay.PerSynapseUniform(0, 4, seed: 7).Learn(6));
            graph.Connect(second, first, Connectivity.Sparse(0.3, seed: 3), weights: Weights.Normal(0, 0.5));
            graph.Connect(first, output, weights: Weights.Normal(0, 1));
            graph.Connect(second, output, Rewired(4), weights: Weights.Normal(0, 1));
        }))
        {
            // A step longer than the pull: a synapse that has moved comes away from 0 and acts before the test is over.
            Optimizer = new Adam(0.3),
        });

        BatchResult total = engines.Train();
        engines.Score();

        Assert.IsGreaterThan(0, total.HiddenSpikes);
        Assert.IsGreaterThan(10, total.RewiredSynapses);
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_TapeOfOneSpike_GrowsAndEqualsCpu(string device)
    {
        BatchResult total = AssertSame(device, Graph(s_neurons["bias"]) with { SpikesPerNeuron = 1, Optimizer = new Sgd(0.1) { Momentum = 0.9 } });

        // The two batches have five examples.
        Assert.IsGreaterThan(5 * 2 * Units, total.HiddenSpikes, "Some neuron must spike more than once.");
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Score_MoreExamplesThanABatch_EqualsCpu(string device)
    {
        using var engines = new EnginePair(device, Graph(s_neurons["adaptive"], readout: Readout.MembraneAtEveryStep));

        engines.Score();
        engines.Train();
        engines.Score();
    }

    private const int Units = 9;

    private static EngineCase Graph(
        Neuron neuron, Synapse? between = null, Func<int, int, Delay>? delay = null, Readout readout = Readout.AverageMembrane,
        Loss? loss = null, LearnedParameters learned = LearnedParameters.None) => new(SnnNetwork.Graph(graph =>
        {
            delay ??= (_, _) => Delay.None;
            bool isDelta = between is DeltaSynapse;
            GraphNode input = graph.Input();
            GraphNode first = graph.Population("first", Units, neuron), second = graph.Population("second", Units, neuron);
            GraphNode output = graph.Output("output", readout, new LeakyIntegrator { Learned = learned, Bias = learned == 0 ? 0 : 0.1 }, loss);
            graph.Connect(input, first, weights: Weights.Normal(0.35, 0.6), delay: delay(EngineCase.Channels, Units));
            graph.Connect(input, second, weights: Weights.Normal(0.35, 0.6));
            graph.Connect(first, second, synapse: between, weights: Weights.Normal(0.1, isDelta ? 0.3 : 0.8), delay: delay(Units, Units));
            graph.Connect(second, first, synapse: between, weights: Weights.Normal(0, isDelta ? 0.3 : 0.5));
            graph.Connect(first, first, synapse: between, weights: Weights.Normal(0, isDelta ? 0.3 : 0.5), delay: delay(Units, Units));
            graph.Connect(first, output, weights: Weights.Normal(0, 1), delay: delay(Units, EngineCase.Classes));
            graph.Connect(second, output, weights: Weights.Normal(0, 1));
        }));

    private static BatchResult AssertSame(string device, EngineCase given)
    {
        using var engines = new EnginePair(device, given with { Updates = 2 });
        BatchResult total = engines.Train();
        Assert.IsGreaterThan(0, total.HiddenSpikes);
        return total;
    }
}
