using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The accelerator engine computes what the CPU engine computes: two sets of loops over one set of equations.</summary>
[TestClass]
public sealed class AcceleratorEngineTests
{
    private static readonly Weights s_weights = Weights.Normal(0.35, 0.6);
    private static readonly Weights s_behind = Weights.Normal(1.5, 1.5);
    private static readonly Weights s_recurrent = Weights.Normal(0, 0.4);

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_OneHiddenLayer_EqualsCpu(string device) => AssertSame(device, new EngineCase(Network(Hidden(13))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_MoreNeuronsThanThreads_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(37), Behind(19))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_TwoHiddenLayers_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(13), Behind(7))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_NoHiddenLayer_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network()) { HasValues = true });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RecurrentLayer_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(13, recurrent: true))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RecurrentLayerOfMoreSpikesThanARound_EqualsCpu(string device)
    {
        // 40 neurons that all spike at the same steps.
        Layer busy = Layer.Dense(
            40, recurrent: true, weights: Weights.Normal(3, 0.1), recurrentWeights: Weights.Normal(0.05, 0.1));

        AssertSame(device, new EngineCase(Network(busy)) { SpikesPerNeuron = 16 });
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RecurrentBehindAnotherLayer_EqualsCpu(string device) => AssertSame(
        device, new EngineCase(Network(Hidden(9), Behind(11, recurrent: true, Refractory(2)))) { GrazingLimit = 0.3f });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_RefractoryPeriod_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(13, neuron: Refractory(3)), Behind(7, neuron: Refractory(1)))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ResetBySubtraction_EqualsCpu(string device) => AssertSame(
        device, new EngineCase(Network(Hidden(13, neuron: new LeakyIntegrateFire { ResetMode = ResetMode.Subtraction, Reset = 0.1 }))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_GradedSpikes_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(13))) { HasValues = true });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ConstantCurrent_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(13), Behind(7))) { IsConstantCurrent = true });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ConstantCurrentIntoRecurrentLayer_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(13, recurrent: true))) { IsConstantCurrent = true });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ConstantCurrentIntoOutput_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network()) { IsConstantCurrent = true });

    public static IEnumerable<object[]> DevicesAndReadouts() =>
        from device in TestDevices.All
        from readout in System.Enum.GetValues<Readout>().Where(readout => readout != Readout.FirstSpikeTime)
        from loss in new[] { Loss.SoftmaxCrossEntropy, Loss.SigmoidCrossEntropy, Loss.MeanSquaredError }
        from everyStep in readout == Readout.AverageMembrane ? new[] { false, true } : [false]
        select new object[] { device, readout, loss with { EveryStep = everyStep } };

    [TestMethod]
    [DynamicData(nameof(DevicesAndReadouts))]
    public void Train_EveryReadoutAndLoss_EqualsCpu(string device, Readout readout, Loss loss) =>
        AssertSame(device, new EngineCase(SnnNetwork.Sequential(Hidden(13), Layer.Output(readout, weights: s_weights, loss: loss))));

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_SpikeCountRegularisation_EqualsCpu(string device) => AssertSame(
        device,
        new EngineCase(Network(Hidden(13), Behind(7, recurrent: true)))
        {
            SpikeCounts = new(new SpikeCountEquations(Target: 2, StrengthAbove: 0.3f, StrengthBelow: 0.1f)),
        });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_ExampleWeights_EqualsCpu(string device) =>
        AssertSame(device, new EngineCase(Network(Hidden(13))) { ExampleWeights = [0.5f, 2, 0, 1, 3] });

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_GrazingSpikes_AreCountedAsOnCpu(string device)
    {
        BatchResult total = AssertSame(device, new EngineCase(Network(Hidden(13))) { GrazingLimit = 0.5f });

        Assert.IsGreaterThan(0, total.GrazingSpikes);
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Train_TapeOfOneSpike_GrowsAndEqualsCpu(string device)
    {
        var given = new EngineCase(Network(Hidden(13), Behind(9, recurrent: true))) { SpikesPerNeuron = 1 };

        BatchResult total = AssertSame(device, given);

        // The batches have eight examples in all.
        Assert.IsGreaterThan(8 * (13 + 9), total.HiddenSpikes, "Some neuron must spike more than once.");
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void Score_MoreExamplesThanABatch_EqualsCpu(string device)
    {
        using var engines = new EnginePair(device, new EngineCase(Network(Hidden(13), Behind(7, recurrent: true))));

        engines.Score();
        engines.Train();
        engines.Score();
    }

    private static BatchResult AssertSame(string device, EngineCase given)
    {
        using var engines = new EnginePair(device, given);
        BatchResult total = engines.Train();
        if (given.Network.Layers.Count > 1)
        {
            Assert.IsGreaterThan(0, total.HiddenSpikes);
        }

        return total;
    }

    private static SnnNetwork Network(params Layer[] hidden) =>
        SnnNetwork.Sequential([.. hidden, Layer.Output(weights: s_weights)]);

    private static Layer Hidden(int units, bool recurrent = false, LeakyIntegrateFire? neuron = null) =>
        Layer.Dense(units, neuron, recurrent: recurrent, weights: s_weights, recurrentWeights: s_recurrent);

    /// <summary>A layer whose input are few spikes of neurons: larger weights.</summary>
    private static Layer Behind(int units, bool recurrent = false, LeakyIntegrateFire? neuron = null) =>
        Layer.Dense(units, neuron, recurrent: recurrent, weights: s_behind, recurrentWeights: s_recurrent);

    // A reset other than 0: the potential while held is part of the slope at the release.
    private static LeakyIntegrateFire Refractory(double period) => new() { RefractoryPeriod = period, Reset = -0.3 };
}
