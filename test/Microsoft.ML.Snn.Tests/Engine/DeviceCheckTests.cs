using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Benchmarks;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What the benchmarks program checks on a GPU: that it passes on a device that is right, and not on one that is wrong.</summary>
[TestClass]
public sealed class DeviceCheckTests
{
    private static readonly CheckSize s_small = new(Side: 4, Steps: 25, Drive: 3, Units: 10, BatchSize: 2, BatchesOfData: 2, Batches: 3);
    private readonly List<string> _log = [];

    public static IEnumerable<object[]> Names() => Networks(OnSimulator, []).Cases.Select(given => new object[] { given.Name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Check_OnTheSimulator_IsTheSame(string name)
    {
        CheckedNetworks networks = Networks(OnSimulator, _log);

        bool isSame = networks.Check(networks.Cases.Single(given => given.Name == name));

        Assert.IsTrue(isSame, _log.Single());
        Assert.StartsWith($"same: {name}: ", _log.Single());
    }

    [TestMethod]
    public void Check_DeviceWithAnotherGradient_IsDifferent()
    {
        // The same spikes, but another rule.
        CheckedNetworks networks = Networks(
            (_, program) => EngineFactory.CreateEPropForCpu(program, new EProp().SettingsFor(seed: 1), s_small.BatchSize, threads: 1), _log);

        bool isSame = networks.Check(new CheckedCase("one layer", SnnNetwork.Sequential(Layer.Dense(20, weights: Weights.Normal(0.12, 0.2)), Layer.Output())));

        Assert.IsFalse(isSame, _log.Single());
        Assert.Contains("DIFFERENT: one layer: ", _log.Single());
        Assert.Contains(" spikes, off by 0.0E+000; ", _log.Single());
    }

    private static CheckedNetworks Networks(System.Func<LearningAlgorithm, NetworkProgram, NetworkEngine> create, List<string> log) =>
        new(s_small, create, threads: 1, log.Add);

    private static AcceleratorEngine OnSimulator(LearningAlgorithm algorithm, NetworkProgram program) => TestDevices.CreateEngine(
        TestDevices.Simulator, program, s_small.BatchSize, spikesPerNeuron: 2, (algorithm as EProp)?.SettingsFor(seed: 1));
}
