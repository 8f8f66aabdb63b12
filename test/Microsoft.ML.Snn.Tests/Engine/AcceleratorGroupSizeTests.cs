using System.Collections.Generic;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What a device computes does not depend on how many threads its groups have: the other tests have groups of 16.</summary>
[TestClass]
public sealed class AcceleratorGroupSizeTests
{
    private static readonly Dictionary<string, SnnNetwork> s_networks = new()
    {
        ["stack"] = SnnNetwork.Sequential(
            Layer.Dense(37, recurrent: true, weights: Weights.Normal(0.35, 0.6), recurrentWeights: Weights.Normal(0, 0.3)),
            Layer.Dense(19, weights: Weights.Normal(0.6, 0.8)), Layer.Output(Readout.MaximumMembrane, weights: Weights.Normal(0.2, 0.6))),
        ["graph"] = SnnNetwork.Graph(graph =>
        {
            const LearnedParameters learned = LearnedParameters.Bias | LearnedParameters.MembraneTime | LearnedParameters.SynapseTime | LearnedParameters.Threshold;
            GraphNode input = graph.Input(), first = graph.Population("first", 37, new LeakyIntegrateFire { Learned = learned });
            GraphNode second = graph.Population("second", 9, new LeakyIntegrateFire { RefractoryPeriod = 2 });
            GraphNode output = graph.Output(), timed = graph.Output("timed", Readout.FirstSpikeTime);
            graph.Connect(input, first, weights: Weights.Normal(0.35, 0.6), delay: Delay.PerSynapseUniform(0, 4, seed: 1).Learn(6));
            graph.Connect(first, second, Connectivity.Sparse(0.5, seed: 2), weights: Weights.Normal(0.9, 0.6), delay: Delay.PerNeuronUniform(0, 3, seed: 3));
            graph.Connect(second, first, weights: Weights.Normal(0.1, 0.3));
            graph.Connect(first, output, weights: Weights.Normal(0, 0.6));
            graph.Connect(second, timed, weights: Weights.Normal(0.3, 0.6));
        }),
    };

    [TestMethod]
    [DataRow("stack")]
    [DataRow("graph")]
    public void TrainAndScore_GroupsOfTwiceAsManyThreads_EqualsCpu(string network)
    {
        using var engines = new EnginePair(TestDevices.WideSimulator, new EngineCase(s_networks[network])
        {
            Updates = 1,
            MaximumGradientNorm = 0.1f,
            SpikesPerNeuron = 1,
            SpikeCounts = new(new SpikeCountEquations(Target: 2, StrengthAbove: 0.3f, StrengthBelow: 0.1f)),
        });

        BatchResult total = engines.Train();
        engines.Score();

        Assert.IsGreaterThan(20, total.HiddenSpikes, "Too few spikes for the test to mean anything.");
    }
}
