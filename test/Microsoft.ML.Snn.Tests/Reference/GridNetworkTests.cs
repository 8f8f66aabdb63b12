using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Reference;

[TestClass]
public sealed class GridNetworkTests
{
    private static readonly GridInput Spikes = new() { Spikes = [new(0, 0), new(7, 1, 0.5), new(7, 0, 2), new(20, 1)] };

    private static readonly GridInput Constant = new() { Constant = [0.7, 0.2] };

    public static IEnumerable<object[]> OutputCases =>
        from readout in Enum.GetValues<ReferenceReadout>()
        from synapseTime in new[] { 4.0, 9.0 }
        from constant in new[] { false, true }
        select new object[] { readout, synapseTime, constant };

    [TestMethod]
    [DynamicData(nameof(OutputCases))]
    public void Outputs_WithoutHiddenSpikes_MatchClosedForm(ReferenceReadout readout, double synapseTime, bool constant)
    {
        ReferenceLayer layer = Output(synapseTime);
        GridSettings settings = new() { TimeStep = 0.5, StepCount = 60, Readout = readout };
        double[] actual = new GridNetwork([layer], settings).Forward(constant ? Constant : Spikes).Outputs;
        for (int k = 0; k < 2; k++)
        {
            // A constant is a train of small spikes, one per step.
            double[] membrane = [.. Enumerable.Range(1, 60).Select(n => constant
                ? Enumerable.Range(0, n).Sum(m => Enumerable.Range(0, 2).Sum(i =>
                    layer.Weights[i, k] * Constant.Constant[i] * 0.5 / synapseTime * Potential(n - m)))
                : Spikes.Spikes.Where(s => s.Step < n).Sum(s => layer.Weights[s.Channel, k] * s.Value * Potential(n - s.Step)))];
            double expected = readout switch
            {
                ReferenceReadout.AverageMembrane => membrane.Average(),
                ReferenceReadout.SumMembrane => membrane.Sum() * 0.5,
                ReferenceReadout.ExponentiallyWeightedMembrane =>
                    membrane.Select((v, n) => v * Math.Exp(-(n + 1) / 60.0)).Average(),
                _ => membrane.Max(),
            };
            Assert.AreEqual(expected, actual[k], 1e-12 * Math.Max(1, Math.Abs(expected)));
        }

        double Potential(int steps)
        {
            double s = 0.5 * steps;
            return synapseTime == 9
                ? s / 9 * Math.Exp(-s / 9)
                : synapseTime / (9 - synapseTime) * (Math.Exp(-s / 9) - Math.Exp(-s / synapseTime));
        }
    }

    [TestMethod]
    [DataRow(1.0)]
    [DataRow(0.01)]
    public void Forward_ConstantInput_SettlesAtTheWeightedSumToSecondOrderInTheStep(double timeStep)
    {
        const double WeightedSum = 0.7 * 1.2 + 0.2 * -0.4;
        int last = (int)(400 / timeStep);
        var network = new GridNetwork([Output(4)], new() { TimeStep = timeStep, StepCount = last });
        double settled = network.Forward(Constant).OutputMembrane[last, 0];

        // The current is filled up at the start of a step and decays during it: it is right on average only.
        Assert.AreEqual(WeightedSum, settled, WeightedSum * timeStep * timeStep / (8 * 4 * 9) + 1e-9);
    }

    [TestMethod]
    [DynamicData(nameof(OutputCases))]
    public void Gradient_WithoutHiddenSpikes_MatchesCentralDifference(
        ReferenceReadout readout, double synapseTime, bool constant)
    {
        // Without spike times to round, the grid's own loss is smooth and its gradient is exact.
        const double H = 1e-3;
        ReferenceLayer layer = Output(synapseTime);
        GridInput input = constant ? Constant : Spikes;
        var network = new GridNetwork([layer], new() { TimeStep = 0.5, StepCount = 60, Readout = readout });
        double[,] actual = network.Gradient(network.Forward(input), 0).Weights[0];
        for (int k = 0; k < 4; k++)
        {
            double expected = (Loss(-2 * H) - 8 * Loss(-H) + 8 * Loss(H) - Loss(2 * H)) / (12 * H);
            Assert.AreEqual(expected, actual[k / 2, k % 2], 1e-8 * Math.Abs(expected) + 1e-12);

            double Loss(double step)
            {
                layer.Weights[k / 2, k % 2] += step;
                double loss = network.Forward(input).Loss(0);
                layer.Weights[k / 2, k % 2] -= step;
                return loss;
            }
        }
    }

    [TestMethod]
    public void Forward_StrongInput_SpikesAtTheNextIndexAndIsHeld()
    {
        // κ 100 > 1 at once, and the current stays strong enough to spike in every step that is not held.
        GridTrace trace = Hidden(weight: 100, refractory: 1.5, steps: 10).Forward(new() { Spikes = [new(2, 0)] });
        CollectionAssert.AreEqual(new[] { 3, 7 }, trace.Spikes(0).Select(s => s.Step).ToArray());
        CollectionAssert.AreEqual(new[] { 6, 10 }, trace.Spikes(0).Select(s => s.ReleaseStep).ToArray());

        double decay = Math.Exp(-0.5 / 5);
        Assert.AreEqual(100 * decay, trace.Spikes(0)[0].Current, 1e-12);
        Assert.AreEqual(100 * Math.Pow(decay, 4), trace.Spikes(0)[0].ReleaseCurrent, 1e-12);
        Assert.AreEqual(100 * Math.Pow(decay, 8), trace.Spikes(0)[1].ReleaseCurrent, 1e-12, "Index N counts.");
    }

    [TestMethod]
    public void Forward_ArrivalAtTheRelease_IsNotInItsCurrent()
    {
        GridTrace trace = Hidden(100, 1.5, 10).Forward(new() { Spikes = [new(2, 0), new(6, 0)] });
        Assert.AreEqual(6, trace.Spikes(0)[0].ReleaseStep);
        Assert.AreEqual(100 * Math.Exp(-4 * 0.5 / 5), trace.Spikes(0)[0].ReleaseCurrent, 1e-12);
    }

    [TestMethod]
    public void Forward_ReleaseAfterTheEnd_HasNoCurrent() =>
        Assert.IsTrue(double.IsNaN(Hidden(100, 1.5, steps: 9).Forward(new() { Spikes = [new(2, 0)] })
            .Spikes(0)[1].ReleaseCurrent));

    [TestMethod]
    public void Forward_ResetBySubtraction_KeepsTheOvershoot()
    {
        GridTrace trace = Hidden(100, 1.5, 9, GridReset.Subtraction).Forward(new() { Spikes = [new(2, 0)] });
        double reached = 100 * 5 / 15.0 * (Math.Exp(-0.5 / 20) - Math.Exp(-0.5 / 5));
        Assert.AreEqual(reached - 1, trace.Spikes(0)[0].Held, 1e-12);
    }

    [TestMethod]
    public void Forward_InterpolatedCurrent_IsTakenWhereTheLineMeetsTheThreshold()
    {
        GridTrace trace = Hidden(100, 1.5, 9, current: SpikeCurrent.Interpolated).Forward(new() { Spikes = [new(2, 0)] });
        double reached = 100 * 5 / 15.0 * (Math.Exp(-0.5 / 20) - Math.Exp(-0.5 / 5));
        double expected = 100 + (100 * Math.Exp(-0.5 / 5) - 100) / reached;
        Assert.AreEqual(expected, trace.Spikes(0)[0].Current, 1e-12);
    }

    [TestMethod]
    public void Forward_SpikeAtTheLastIndex_ReachesNobody()
    {
        GridNetwork network = Hidden(100, 1.5, steps: 3);
        GridTrace trace = network.Forward(new() { Spikes = [new(2, 0)] });
        Assert.AreEqual(3, trace.Spikes(0)[0].Step);
        Assert.AreEqual(0.0, trace.Outputs[0]);
        Assert.AreEqual(0.0, network.Gradient(trace, [1.0]).Weights[0][0, 0]);
    }

    [TestMethod]
    public void Gradient_SpikePushAlone_IsTheClosedFormAdjoint()
    {
        GridNetwork network = Hidden(weight: 8, refractory: 20, steps: 60);
        GridTrace trace = network.Forward(new() { Spikes = [new(4, 0)] });
        Assert.HasCount(1, trace.Spikes(0));
        double s = 0.5 * (trace.Spikes(0)[0].Step - 4);

        // λV = -0.3 at the spike, so λI = -0.3 τm/(τm - τs) (e^(-s/τm) - e^(-s/τs)) at the input.
        double expected = 5 * 0.3 * 20 / 15 * (Math.Exp(-s / 20) - Math.Exp(-s / 5));
        double actual = network.Gradient(trace, [0.0], [[0.3], [0.0]]).Weights[0][0, 0];
        Assert.AreEqual(expected, actual, 1e-13);
    }

    [TestMethod]
    public void Gradient_SpikesUnderTheGrazingLimit_AreCountedAndUseTheLimit()
    {
        GridInput input = new() { Spikes = [new(4, 0)] };
        double free = Gradient(limit: 1e-6, grazing: 0);
        double limited = Gradient(limit: 1000, grazing: 1);
        GridSpike spike = Hidden(8, 20, 60).Forward(input).Spikes(0)[0];
        Assert.AreEqual(free * (spike.Current - 1) / 1000, limited, 1e-13 * Math.Abs(free));

        double Gradient(double limit, int grazing)
        {
            GridNetwork network = Hidden(8, 20, 60, limit: limit);
            GridGradient gradient = network.Gradient(network.Forward(input), [1.0]);
            Assert.AreEqual(grazing, gradient.GrazingSpikeCount);
            return gradient.Weights[0][0, 0];
        }
    }

    private static ReferenceLayer Output(double synapseTime) => new()
    {
        Weights = new[,] { { 1.2, -0.7 }, { -0.4, 0.9 } },
        MembraneTime = 9,
        SynapseTime = synapseTime,
    };

    private static GridNetwork Hidden(
        double weight,
        double refractory,
        int steps,
        GridReset reset = GridReset.Absolute,
        SpikeCurrent current = SpikeCurrent.GridEnd,
        double limit = 0.01) => new(
            [
                new() { Weights = new[,] { { weight } }, RefractoryPeriod = refractory },
                new() { Weights = new[,] { { 1.0 } } },
            ],
            new() { TimeStep = 0.5, StepCount = steps, Reset = reset, SpikeCurrent = current, GrazingLimit = limit });
}
