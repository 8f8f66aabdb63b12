using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Graphs that e-prop trains on an accelerator have the spikes, losses, gradients and updates of the graph engine on the CPU.</summary>
/// <remarks>The network: input to first and second, first to second and back, both to the output.</remarks>
[TestClass]
public sealed class AcceleratorGraphEPropTests
{
    private const int Units = 9;

    private static readonly Dictionary<string, Neuron> s_neurons = new()
    {
        ["leaky"] = new LeakyIntegrateFire { MembraneTime = 15, Bias = 0.1, Learned = LearnedParameters.Bias },
        ["subtraction, refractory"] = new LeakyIntegrateFire { ResetMode = ResetMode.Subtraction, Reset = 0.1, RefractoryPeriod = 2 },
        ["no leak"] = new IntegrateFire { IntegrationTime = 12 },
        ["adaptive"] = new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.3, AdaptationTime = 15, Learned = LearnedParameters.Bias },
    };

    private static readonly Dictionary<string, Synapse> s_synapses = new()
    {
        ["exponential"] = new ExponentialSynapse(5),
        ["alpha"] = new AlphaSynapse(3),
        ["delta"] = new DeltaSynapse(),
    };

    private static EPropSettings Symmetric => new() { Damping = 0.4 };

    private static EPropSettings Random => new() { Damping = 0.4, Feedback = EPropFeedback.Random, Seed = 5 };

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    public static IEnumerable<object[]> Kinds() =>
        from device in TestDevices.All
        from kind in s_neurons.Keys.Select(neuron => (neuron, "exponential")).Append(("leaky", "alpha")).Append(("adaptive", "delta"))
        select new object[] { device, kind.Item1, kind.Item2 };

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Train_NeuronsAndSynapses_EqualsCpu(string device, string neuron, string synapse) =>
        AssertSame(device, new EngineCase(Graph(s_neurons[neuron], s_synapses[synapse])) { EProp = Symmetric });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RandomFeedback_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Graph(s_neurons["adaptive"], s_synapses["exponential"])) { EProp = Random });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RatesWeightsAndClipping_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Graph(s_neurons["adaptive"], s_synapses["exponential"]))
        {
            EProp = Symmetric with { RateTarget = 20, RateStrength = 1.5, RateTime = 30 },
            ExampleWeights = [0.5f, 2, 0, 1, 3],
            MaximumGradientNorm = 0.05f,
            Optimizer = new AdamW(0.01) { WeightDecay = 0.1 },
        });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_SparseDelayedTwoOutputs_EqualsCpu(string device) => AssertSame(device, new EngineCase(SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode first = graph.Population("first", Units), second = graph.Population("second", Units, s_neurons["adaptive"]);
        GraphNode output = graph.Output(neuron: new LeakyIntegrator { MembraneTime = 12, Learned = LearnedParameters.Bias, Bias = 0.1 });
        GraphNode other = graph.Output("other", Readout.MaximumMembrane, new LeakyIntegrator { MembraneTime = 30 }, lossWeight: 0.5);
        graph.Connect(input, first, Connectivity.Sparse(0.5, seed: 1), weights: Weights.Normal(0.9, 0.8), delay: Delay.PerSynapseUniform(0, 4, seed: 1));
        graph.Connect(input, second, weights: Weights.Normal(0.4, 0.6), delay: Delay.PerNeuronUniform(0, 3, seed: 2));
        graph.Connect(first, second, Connectivity.Sparse(0.4, seed: 2), weights: Weights.Normal(0.3, 0.8), delay: Delay.Of(1));
        graph.Connect(second, second, Connectivity.Sparse(0.4, seed: 3), new DeltaSynapse(), Weights.Normal(0, 0.3), Delay.PerSynapseUniform(0, 4, seed: 3));
        graph.Connect(second, first, synapse: new AlphaSynapse(3), weights: Weights.Normal(0, 0.5));
        graph.Connect(first, output, weights: Weights.Normal(0, 1));
        graph.Connect(second, output, Connectivity.Sparse(0.5, seed: 4), new ExponentialSynapse(8), Weights.Normal(0, 1), Delay.Of(2));
        graph.Connect(second, other, synapse: new AlphaSynapse(4), weights: Weights.Normal(0, 1));
        graph.Connect(first, other, Connectivity.Sparse(0.7, seed: 5), weights: Weights.Normal(0, 1), delay: Delay.Of(1));
    }))
    {
        EProp = Symmetric,
        HasValues = true,
    });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ConvolutionOfValues_EqualsCpu(string device) => AssertSame(device, new EngineCase(SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input(shape: Shape.Create([3, 3, 1]));
        GraphNode filters = graph.Population("filters"), deeper = graph.Population("deeper", 11);
        GraphNode output = graph.Output(readout: Readout.SumMembrane, loss: Loss.MeanSquaredError);
        graph.Connect(input, filters, Connectivity.Convolution2D(4, 2), weights: Weights.Normal(0.8, 0.9));
        graph.Connect(filters, deeper, weights: Weights.Normal(0.4, 0.8));
        graph.Connect(deeper, output, weights: Weights.Normal(0, 1));
    }))
    {
        EProp = Random,
    });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ConstantCurrent_EqualsCpu(string device) => AssertSame(device, new EngineCase(SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode first = graph.Population("first", 7), second = graph.Population("second", 6, s_neurons["no leak"]), output = graph.Output();
        graph.Connect(input, first, weights: Weights.Normal(0.4, 0.4), delay: Delay.Of(2));
        graph.Connect(input, first, Connectivity.Sparse(0.5), new AlphaSynapse(3), Weights.Normal(0.2, 0.4));
        graph.Connect(input, second, synapse: new DeltaSynapse(), weights: Weights.Normal(0.4, 0.4));
        graph.Connect(second, first, weights: Weights.Normal(0, 0.5));
        graph.Connect(first, output, weights: Weights.Normal(0, 1));
        graph.Connect(second, output, weights: Weights.Normal(0, 1));
    }))
    {
        EProp = Symmetric,
        IsConstantCurrent = true,
    });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_Rewired_EqualsCpu(string device)
    {
        using var engines = new EnginePair(device, new EngineCase(SnnNetwork.Graph(graph =>
        {
            Connectivity Rewired(int seed) => Connectivity.Sparse(0.4, seed, rewiring: new DeepRewiring(0.1, 0.05));
            GraphNode input = graph.Input(), output = graph.Output();
            GraphNode first = graph.Population("first", Units), second = graph.Population("second", Units, s_neurons["adaptive"]);
            graph.Connect(input, first, Rewired(1), weights: Weights.Normal(2, 1.5), delay: Delay.PerNeuronUniform(0, 4, seed: 6));
            graph.Connect(first, second, Rewired(2), weights: Weights.Normal(2.5, 1.5), delay: Delay.Of(1));
            graph.Connect(second, first, Connectivity.Sparse(0.3, seed: 3), weights: Weights.Normal(0, 0.5));
            graph.Connect(first, output, weights: Weights.Normal(0, 1));
            graph.Connect(second, output, Rewired(4), weights: Weights.Normal(0, 1));
        }))
        {
            // A step longer than the pull: a synapse that has moved comes away from 0 and acts before the test is over.
            Optimizer = new Adam(0.3),
            EProp = Symmetric,
        });

        BatchResult total = engines.Train();
        engines.Score();

        Assert.IsGreaterThan(0, total.HiddenSpikes);
        Assert.IsGreaterThan(10, total.RewiredSynapses);
    }

    /// <summary>Symmetric feedback comes back along the synapses that there are now.</summary>
    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_OutputRewired_EqualsCpu(string device)
    {
        using var engines = new EnginePair(device, new EngineCase(SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(), output = graph.Output();
            GraphNode first = graph.Population("first", 4 * Units);
            graph.Connect(input, first, weights: Weights.Normal(0.35, 0.6));
            graph.Connect(first, output, Connectivity.Sparse(0.4, rewiring: new DeepRewiring(0.1, 0.05)), weights: Weights.Normal(0, 0.3));
        }))
        {
            Optimizer = new Adam(0.3),
            EProp = Symmetric,
        });

        Assert.IsGreaterThan(10, engines.Train().RewiredSynapses);
    }

    private static SnnNetwork Graph(Neuron neuron, Synapse between) => SnnNetwork.Graph(graph =>
    {
        double scale = between is DeltaSynapse ? 0.3 : 1;
        GraphNode input = graph.Input(), output = graph.Output();
        GraphNode first = graph.Population("first", Units, neuron), second = graph.Population("second", Units, neuron);
        graph.Connect(input, first, weights: Weights.Normal(0.35, 0.6));
        graph.Connect(input, second, weights: Weights.Normal(0.35, 0.6));
        graph.Connect(first, second, synapse: between, weights: Weights.Normal(0.1, 0.8 * scale));
        graph.Connect(second, first, synapse: between, weights: Weights.Normal(0, 0.5 * scale));
        graph.Connect(first, output, synapse: between, weights: Weights.Normal(0, 1));
        graph.Connect(second, output, weights: Weights.Normal(0, 1));
    });

    private static void AssertSame(string device, EngineCase given)
    {
        using var engines = new EnginePair(device, given with { Updates = 2 });
        BatchResult total = engines.Train();
        engines.Score();
        Assert.IsGreaterThan(0, total.HiddenSpikes);
    }
}
