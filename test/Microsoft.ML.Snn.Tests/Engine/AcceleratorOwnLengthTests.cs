using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Tests.OwnNeurons;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Examples of their own lengths on an accelerator have the spikes, losses, gradients, updates and scores of the graph engine on the CPU.</summary>
/// <remarks>
/// Each slot runs a short trial, a long one and a shorter one, so that its memory holds what the long one left behind. Neurons that spike by
/// themselves count the steps that were run.
/// </remarks>
[TestClass]
public sealed class AcceleratorOwnLengthTests
{
    private const int After = 4;
    private static readonly LeakyIntegrateFire s_busy = new() { Bias = 2, RefractoryPeriod = 3 };

    public static IEnumerable<object[]> Readouts() =>
        from device in TestDevices.All
        from readout in Enum.GetValues<Readout>()
        where readout != Readout.MembraneAtEveryStep
        select new object[] { device, readout };

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Readouts))]
    public void TrainAndScore_Stack_EqualsCpu(string device, Readout readout) => AssertSame(
        device, SnnNetwork.Sequential(Layer.Dense(6, s_busy, recurrent: true), Layer.Dense(5), Layer.Output(readout)));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_GraphWithDelaysAndUsersCells_EqualsCpu(string device) => AssertSame(device, Graph(Readout.MaximumMembrane, loss: null));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_LossOfEveryStep_EqualsCpu(string device) =>
        AssertSame(device, Graph(Readout.AverageMembrane, Loss.SoftmaxCrossEntropy with { EveryStep = true }));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_StackByEProp_EqualsCpu(string device) => AssertSame(
        device, SnnNetwork.Sequential(Layer.Dense(6, s_busy, recurrent: true), Layer.Dense(5), Layer.Output()),
        new EPropSettings { Feedback = EPropFeedback.Random, RateTarget = 20, RateStrength = 1.5, RateTime = 30 });

    private static void AssertSame(string device, SnnNetwork network, EPropSettings? eprop = null)
    {
        var given = new EngineCase(network) { StepsAfterLastSpike = After, EProp = eprop };
        Assert.AreEqual(5, Enumerable.Range(0, 5).Select(given.Draw().StepsOf).Distinct().Count(), "Each example must have a length of its own.");
        using var engines = new EnginePair(device, given);

        BatchResult total = engines.Train();
        engines.Score();

        Assert.IsGreaterThan(20, total.HiddenSpikes, "Too few spikes for the test to mean anything.");
    }

    private static SnnNetwork Graph(Readout readout, Loss? loss) => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input(), output = graph.Output(readout: readout, loss: loss);
        GraphNode first = graph.Population(
            "first", 6, new LeakyIntegrateFire { RefractoryPeriod = 2, Bias = 1.5, Learned = LearnedParameters.MembraneTime | LearnedParameters.Bias });
        GraphNode own = graph.Population("own", 5, Neuron.Custom(new TwoCompartmentNeuron()) with { RefractoryPeriod = 3 });
        graph.Connect(input, first);
        graph.Connect(input, own, weights: Weights.Normal(1.2, 2));
        graph.Connect(first, own, Connectivity.Sparse(0.6, seed: 5), weights: Weights.Normal(0.5, 1), delay: Delay.PerSynapseUniform(0, 6, seed: 2).Learn(8));
        graph.Connect(own, first, delay: Delay.Of(3));
        graph.Connect(first, output, delay: Delay.PerNeuronUniform(0, 4, seed: 3));
        graph.Connect(own, output);
    });
}
