using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Outputs that are read at their first spike have the losses, gradients and updates of the graph engine on an accelerator.</summary>
[TestClass]
public sealed class AcceleratorFirstSpikeTests
{
    private const int Outputs = (3 + 2 + 3) * EngineCase.Classes;

    private static readonly Dictionary<string, FirstSpikeLoss> s_losses = new()
    {
        ["cross-entropy"] = FirstSpikeLoss.CrossEntropy(temperature: 1.5),
        ["late"] = FirstSpikeLoss.CrossEntropy(temperature: 2, lateStrength: 0.2, lateTime: 8),
        ["relative"] = FirstSpikeLoss.RelativeMeanSquareError(delay: 3, temperature: 2),
    };

    public static IEnumerable<object[]> Losses() =>
        from device in TestDevices.All from loss in s_losses.Keys select new object[] { device, loss };

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void TrainAndScore_Stack_EqualsCpu(string device, string loss)
    {
        using var engines = new EnginePair(device, new EngineCase(SnnNetwork.Sequential(
            Layer.Dense(8, recurrent: true, weights: Weights.Normal(0.5, 0.6), recurrentWeights: Weights.Normal(0, 0.4)),
            Layer.Output(Readout.FirstSpikeTime, weights: Weights.Normal(0.15, 0.4), firstSpike: s_losses[loss])))
        {
            ExampleWeights = [0.5f, 2, 1.5f, 1, 3],
        });

        BatchResult total = engines.Train();
        engines.Score();

        Assert.IsGreaterThan(20, total.HiddenSpikes, "Too few spikes for the test to mean anything.");
    }

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void TrainAndScore_LearnedTimesAndDelaysBesideAnotherOutput_EqualsCpu(string device, string loss)
    {
        const LearnedParameters Times = LearnedParameters.Bias | LearnedParameters.MembraneTime | LearnedParameters.SynapseTime;
        using var engines = new EnginePair(device, new EngineCase(SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(), first = graph.Population("first", 9);
            GraphNode other = graph.Output("other", Readout.MaximumMembrane, lossWeight: 0.7);
            GraphNode output = graph.Output(
                "timed", Readout.FirstSpikeTime, new LeakyIntegrator { Learned = Times, Bias = 0.05 }, firstSpike: s_losses[loss], lossWeight: 1.3);
            graph.Connect(input, first, weights: Weights.Normal(0.5, 0.6));
            graph.Connect(first, output, weights: Weights.Normal(0.1, 0.6), delay: Delay.PerSynapseUniform(0, 4, seed: 2).Learn(6));
            graph.Connect(input, output, synapse: new AlphaSynapse(3), weights: Weights.Normal(0.05, 0.4), delay: Delay.Of(1));
            graph.Connect(first, other, weights: Weights.Normal(0, 1));
        })));

        BatchResult total = engines.Train();
        engines.Score();

        Assert.IsGreaterThan(20, total.HiddenSpikes, "Too few spikes for the test to mean anything.");
    }

    /// <summary>In single precision e^88 is no number: an output that is read 500 time constants behind the end has a loss all the same.</summary>
    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_OutputsFarBelowTheirThreshold_EqualsCpu(string device)
    {
        using var engines = new EnginePair(device, new EngineCase(SnnNetwork.Sequential(
            Layer.Dense(8, weights: Weights.Normal(0.5, 0.6)),
            Layer.Output(Readout.FirstSpikeTime, weights: Weights.Normal(-200, 0.4), firstSpike: s_losses["late"]))));

        BatchResult total = engines.Train();
        engines.Score();

        Assert.IsGreaterThan(20, total.HiddenSpikes, "Too few spikes for the test to mean anything.");
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_NoHiddenNeurons_SpikesOfOutputsGrazeAndSomeStaySilent(string device)
    {
        // No slope is above the limit: every first spike that is learned from is counted.
        using var engines = new EnginePair(device, new EngineCase(SnnNetwork.Sequential(Layer.Output(Readout.FirstSpikeTime, weights: Weights.Normal(0.1, 0.35)))) { GrazingLimit = 1000 });

        BatchResult total = engines.Train();

        Assert.AreEqual(0, total.HiddenSpikes);
        Assert.IsGreaterThan(3, total.GrazingSpikes, "Some outputs must spike.");
        Assert.IsLessThan(Outputs - 3, total.GrazingSpikes, "Some outputs must stay silent.");
    }
}
