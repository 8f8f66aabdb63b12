using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Reference;

[TestClass]
public sealed class ReferenceNetworkTests
{
    private static readonly ReferenceLayer Layer = new() { Weights = new[,] { { 1.0 } } };

    public static IEnumerable<object[]> BadLayers =>
    [
        [Array.Empty<ReferenceLayer>()],
        [new[] { Layer with { MembraneTime = double.NaN } }],
        [new[] { Layer with { SynapseTime = 0 } }],
        [new[] { Layer with { Threshold = 0 } }],
        [new[] { Layer with { Reset = 1 } }],
        [new[] { Layer with { RefractoryPeriod = -1 } }],
        [new[] { Layer with { RecurrentWeights = new double[1, 1] } }],
        [new[] { Layer with { RecurrentWeights = new double[1, 2] }, Layer }],
        [new[] { Layer, Layer with { Weights = new double[2, 1] } }],
    ];

    [TestMethod]
    [DynamicData(nameof(BadLayers))]
    public void New_BadLayers_Throws(ReferenceLayer[] layers) =>
        Assert.Throws<ArgumentException>(() => new ReferenceNetwork(layers, default, 10));

    [TestMethod]
    public void New_NoDuration_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReferenceNetwork([Layer], default, double.NaN));

    [TestMethod]
    [DataRow(-1.0, 0)]
    [DataRow(double.NaN, 0)]
    [DataRow(1.0, 1)]
    public void Forward_BadInput_Throws(double time, int channel) => Assert.Throws<ArgumentException>(
        () => new ReferenceNetwork([Layer], default, 10).Forward([new(time, channel)]));

    [TestMethod]
    [DataRow(-1, 0)]
    [DataRow(10, 0)]
    [DataRow(1, 1)]
    public void ForwardOnGrid_BadInput_Throws(int step, int channel) => Assert.Throws<ArgumentException>(
        () => new GridNetwork([Layer], new() { TimeStep = 1, StepCount = 10 })
            .Forward(new() { Spikes = [new(step, channel)] }));

    [TestMethod]
    public void New_BadGrid_Throws() => Assert.Throws<ArgumentException>(
        () => new GridNetwork([Layer], new() { TimeStep = double.NaN, StepCount = 10 }));

    [TestMethod]
    public void Forward_EqualCrossings_AreOrderedByNeuron()
    {
        ReferenceLayer twins = new() { Weights = new[,] { { 8.0, 8.0 } } };
        ReferenceLayer output = new() { Weights = new[,] { { 1.0 }, { 1.0 } } };
        ReferenceTrace trace = new ReferenceNetwork([twins, output], default, 6).Forward([new(0, 0)]);
        CollectionAssert.AreEqual(new[] { 0, 1 }, trace.Spikes(0).Take(2).Select(s => s.Index).ToArray());
        Assert.AreEqual(trace.Spikes(0)[0].Time, trace.Spikes(0)[1].Time);
    }

    [TestMethod]
    public void Loss_LargeOutputs_StaysFinite()
    {
        Assert.AreEqual(2000.0, SoftmaxCrossEntropy.Loss([1000, -1000], 1), 1e-9);
        CollectionAssert.AreEqual(new[] { 1.0, -1.0 }, SoftmaxCrossEntropy.Derivative([1000, -1000], 1));
    }
}
