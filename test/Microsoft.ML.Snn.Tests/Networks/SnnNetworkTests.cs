using System;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

[TestClass]
public sealed class SnnNetworkTests
{
    [TestMethod]
    public void Sequential_NoOutputAtTheEnd_SaysWhatItFound()
    {
        (Layer[] Layers, string Found)[] cases =
        [
            ([], "no layer"),
            ([Layer.Dense(3)], "Dense"),
            ([Layer.Output(), Layer.Dense(3)], "Output, Dense"),
            ([Layer.Dense(3), Layer.Output(), Layer.Output()], "Dense, Output, Output"),
        ];
        foreach ((Layer[] layers, string found) in cases)
        {
            var error = Assert.ThrowsExactly<ArgumentException>(() => SnnNetwork.Sequential(layers));
            Assert.AreEqual(
                $"layers must be any number of Layer.Dense and then one Layer.Output, but was {found}. End with Layer.Output(). (Parameter 'layers')",
                error.Message);
        }
    }

    [TestMethod]
    public void Sequential_NullLayer_IsRefusedByName()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => SnnNetwork.Sequential(null!, Layer.Output()));

        StringAssert.Contains(error.Message, "null", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Sequential_ArrayChangedAfterwards_KeepsTheNetwork()
    {
        Layer[] layers = [Layer.Dense(3), Layer.Output()];
        SnnNetwork network = SnnNetwork.Sequential(layers);

        layers[0] = Layer.Dense(99);

        Assert.AreEqual(Layer.Dense(3), network.Layers[0]);
    }

    [TestMethod]
    public void Layers_BadNumber_NamesRuleValueAndWayOut()
    {
        (Action Call, string Message)[] cases =
        [
            (() => Layer.Dense(0), "Units must be 1 to 1048576, but was 0. Typical layers have 64 to 1024 neurons."),
            (() => Layer.Dense(1, new LeakyIntegrateFire { MembraneTime = double.NaN }),
                "MembraneTime must be a finite number above 0, but was NaN. Typical values are 5 to 50 ms."),
            (() => Layer.Dense(1, new LeakyIntegrateFire { Threshold = 0 }),
                "Threshold must be a finite number above 0, but was 0. The usual threshold is 1; scale the weights instead."),
            (() => Layer.Dense(1, new LeakyIntegrateFire { Reset = 1 }),
                "Reset must be a finite number below 1, but was 1. The reset must lie below the threshold; the usual value is 0."),
            (() => Layer.Dense(1, new LeakyIntegrateFire { ResetMode = (ResetMode)9 }),
                "ResetMode must be a value of ResetMode, but was 9. Use ResetMode.Absolute."),
            (() => Layer.Dense(1, new LeakyIntegrateFire { RefractoryPeriod = -1 }),
                "RefractoryPeriod must be a finite number of 0 or more, but was -1. Typical values are 0 to 5 ms."),
            (() => Layer.Dense(1, synapse: new ExponentialSynapse(0)),
                "Time must be a finite number above 0, but was 0. Typical values are 2 to 20 ms."),
            (() => Layer.Output((Readout)9), "Readout must be a value of Readout, but was 9. Use Readout.AverageMembrane."),
            (() => Layer.Output(neuron: new LeakyIntegrator { MembraneTime = -3 }),
                "MembraneTime must be a finite number above 0, but was -3. Typical values are 5 to 50 ms."),
            (() => Weights.Normal(double.PositiveInfinity, 1), "mean must be a finite number, but was Infinity. Use for example 0."),
            (() => Weights.Normal(0, -1), "standardDeviation must be a finite number of 0 or more, but was -1. Use for example 1 / sqrt(inputs)."),
            (() => Weights.Uniform(2, 1),
                "maximum - minimum must be a finite number of 0 or more, but was -1. The minimum must not be above the maximum."),
            (() => Build(channels: 0), "channels must be 1 to 16777216, but was 0. The input column must have at least one channel."),
            (() => Build(steps: 0), "steps must be 1 to 1048576, but was 0. Use the number of time steps of a trial, for example 20."),
            (() => Build(outputs: 0), "outputs must be 1 to 1048576, but was 0. The label must have at least one class."),
            (() => Build(timeStep: 0), "timeStep must be a finite number above 0, but was 0. Use a step well below the shortest time constant, for example 1 ms."),
            (() => Build(channels: 1 << 24, units: 1 << 20),
                $"Connection input to hidden 1 must have at most {Array.MaxLength} weights, but has 16777216 x 1048576. Use smaller layers."),
        ];
        foreach ((Action call, string message) in cases)
        {
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(call);
            StringAssert.StartsWith(error.Message, message, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Layers_PerNeuronThatDoesNotFit_IsRefused()
    {
        (Action Call, string Message)[] cases =
        [
            (() => Layer.Dense(2, new LeakyIntegrateFire { PerNeuron = new PerNeuron([10, 11, 12]) }),
                "Each list of PerNeuron of 'Layer.Dense' must have 2 numbers, one per neuron, but one has 3."),
            (() => Layer.Dense(3, new LeakyIntegrateFire { PerNeuron = new PerNeuron(adaptationTimes: [10, 11, 12]) }),
                "Only neurons whose threshold adapts have adaptation times and strengths in PerNeuron, but this one does not. Use AdaptiveLeakyIntegrateFire."),
            (() => SnnNetwork.Graph(graph => graph.Population("a", 3, new IntegrateFire { PerNeuron = new PerNeuron(adaptationStrengths: [1, 1, 1]) })),
                "Only neurons whose threshold adapts have adaptation times and strengths in PerNeuron, but this one does not. Use AdaptiveLeakyIntegrateFire."),
        ];
        foreach ((Action call, string message) in cases)
        {
            Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(call).Message);
        }
    }

    [TestMethod]
    public void Build_RecurrentAndDeep_NamesAndSizesEveryConnection()
    {
        SnnNetwork network = SnnNetwork.Sequential(Layer.Dense(5, recurrent: true), Layer.Dense(4), Layer.Output());

        NetworkProgram program = NetworkProgram.Build(network, channels: 7, steps: 20, timeStep: 0.5, outputs: 3);

        CollectionAssert.AreEqual(
            new[] { "input to hidden 1 7x5", "hidden 1 recurrent 5x5", "hidden 1 to hidden 2 5x4", "hidden 2 to output 4x3" },
            program.Connections.Select(c => $"{c.Name} {c.Rows}x{c.Columns}").ToArray());
        Assert.AreEqual(35 + 25 + 20 + 12, program.ParameterCount);
        Assert.AreEqual(
            """
            20 steps of 0.5 ms
            Layer     Shape  Neurons
            input     [7]    input channels
            hidden 1  [5]    leaky integrate-and-fire, membrane 20 ms
            hidden 2  [4]    leaky integrate-and-fire, membrane 20 ms
            output    [3]    leaky integrators, membrane 20 ms, readout Average, loss SoftmaxCrossEntropy

            Connection            Kind   Synapse            Synapses  Weights
            input to hidden 1     dense  exponential, 5 ms  35        35
            hidden 1 recurrent    dense  exponential, 5 ms  25        25
            hidden 1 to hidden 2  dense  exponential, 5 ms  20        20
            hidden 2 to output    dense  exponential, 5 ms  12        12

            92 learned numbers, 3 outputs, memory per example: 0.3 KiB of state and 24 bytes per spike, or 0.9 KiB of traces where trials are short
            """.ReplaceLineEndings(),
            program.ToString());
    }

    /// <summary>What a person reads of a graph: every kind of neuron by its name, shapes, delays, what is learned and what is not.</summary>
    [TestMethod]
    public void ToString_Graph_SaysWhatEveryLayerAndConnectionIs()
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(shape: [3, 3, 1]);
            GraphNode features = graph.Population("features", neuron: new IntegrateFire { RefractoryPeriod = 2, Learned = LearnedParameters.Threshold });
            GraphNode pooled = graph.Population("pooled", neuron: new LeakyIntegrateFire { PerNeuron = new PerNeuron(membraneTimes: [10, 25]) });
            GraphNode own = graph.Population("own", 4, Neuron.Custom(new OwnNeurons.QuadraticNeuron()));
            GraphNode output = graph.Output("answer", Readout.MaximumMembrane, loss: Loss.SoftmaxCrossEntropy with { EveryStep = true });
            graph.Connect(input, features, Connectivity.Convolution2D(2, 2));
            graph.Connect(features, pooled, Connectivity.AveragePool2D(2), delay: Delay.Of(3));
            graph.Connect(pooled, own);
            graph.Connect(own, output, synapse: new AlphaSynapse(4), delay: Delay.PerSynapseUniform(1, 2).Learn(5));
        });

        string[] lines = [.. NetworkProgram.Build(network, channels: 9, steps: 20, timeStep: 1, outputs: 2).ToString()
            .Split(Environment.NewLine).Select(line => Regex.Replace(line, " {2,}", " | "))];

        CollectionAssert.Contains(lines, "input | [3, 3, 1] | input channels");
        CollectionAssert.Contains(lines, "features | [2, 2, 2] | integrate-and-fire, membrane 20 ms, refractory for 2 steps | Threshold");
        CollectionAssert.Contains(lines, "pooled | [1, 1, 2] | leaky integrate-and-fire, membrane 10 to 25 ms");
        Assert.IsTrue(lines.Any(line => line.StartsWith("own | [4] | QuadraticNeuron (", StringComparison.Ordinal)));
        CollectionAssert.Contains(lines, "answer | [2] | leaky integrators, membrane 20 ms, readout Maximum, loss SoftmaxCrossEntropy at every step");
        CollectionAssert.Contains(lines, "Connection | Kind | Synapse | Delay | Synapses | Weights");
        CollectionAssert.Contains(lines, "input to features | convolution 2 x 2x2 | exponential, 5 ms | 32 | 8");
        Assert.IsTrue(lines.Any(line => line.StartsWith("features to pooled | average", StringComparison.Ordinal)
            && line.EndsWith("| exponential, 5 ms | 3 steps | 8 | fixed, 0.25", StringComparison.Ordinal)), string.Join('\n', lines));
        CollectionAssert.Contains(lines, "pooled to own | dense | synapse 5 ms | 8 | 8");
        CollectionAssert.Contains(lines, "own to answer | dense | alpha, 4 ms | up to 5 steps per synapse, learned | 8 | 8");

        // 8 of the kernel, 8 thresholds, 8 and 8 weights, 8 delays.
        // 20 steps of 4 neurons with the state of neuron and synapse and what arrived, and of 2 outputs.
        StringAssert.StartsWith(lines[^1], "40 learned numbers, 2 outputs, memory per example: ", StringComparison.Ordinal);
        StringAssert.EndsWith(lines[^1], "KiB of state, 1.1 KiB for the steps and 24 bytes per spike", StringComparison.Ordinal);
        StringAssert.StartsWith(
            SnnNetwork.Sequential(Layer.Dense(3, new IntegrateFire()), Layer.Output()).ToString(), "Dense 3 integrate-and-fire, membrane", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(0.74, 1)]
    [DataRow(2.6, 5)]
    [DataRow(1e9, 20)]
    public void Build_RefractoryPeriod_IsRoundedToSteps(double milliseconds, int steps)
    {
        SnnNetwork network = SnnNetwork.Sequential(
            Layer.Dense(1, new LeakyIntegrateFire { RefractoryPeriod = milliseconds }), Layer.Output());

        NetworkProgram program = NetworkProgram.Build(network, channels: 1, steps: 20, timeStep: 0.5, outputs: 2);

        Assert.AreEqual(steps, program.Hidden[0].Spike.RefractorySteps);
    }

    private static NetworkProgram Build(int channels = 1, int units = 1, int steps = 1, double timeStep = 1, int outputs = 2) =>
        NetworkProgram.Build(SnnNetwork.Sequential(Layer.Dense(units), Layer.Output()), channels, steps, timeStep, outputs);
}
