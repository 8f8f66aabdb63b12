using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Equations;

/// <summary>Losses against their textbook form, and every derivative against central differences of that.</summary>
[TestClass]
public sealed class LossEquationsTests
{
    private static readonly double[] s_y = [0.3, -1.2, 2.5, 0];

    public static System.Collections.Generic.IEnumerable<object[]> Kinds() =>
        Enum.GetValues<ReferenceLoss>().Select(kind => new object[] { kind });

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Derivative_OfTheOracle_MatchesCentralDifference(ReferenceLoss kind)
    {
        const double H = 1e-6;
        double[] target = TargetOf(kind);
        double[] derivative = kind.Derivative(s_y, target);
        for (int k = 0; k < s_y.Length; k++)
        {
            double[] above = [.. s_y], below = [.. s_y];
            above[k] += H;
            below[k] -= H;
            Assert.AreEqual((kind.Value(above, target) - kind.Value(below, target)) / (2 * H), derivative[k], 1e-8);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void OfTrial_Outputs_GiveLossAndScaledDerivative(ReferenceLoss kind)
    {
        var loss = new LossEquations(Enum.Parse<LossKind>(kind.ToString()), IsEveryStep: false);
        float[] y = [.. s_y.Select(v => (float)v)];
        var derivative = new float[y.Length];

        float found = loss.OfTrial(Target(kind), y, scale: 3, derivative);

        Assert.AreEqual(kind.Value(s_y, TargetOf(kind)), found, 1e-6);
        for (int k = 0; k < y.Length; k++)
        {
            Assert.AreEqual(3 * kind.Derivative(s_y, TargetOf(kind))[k], derivative[k], 1e-6);
        }
    }

    [TestMethod]
    public void OfSteps_MissingSteps_AreNoPartOfTheMean()
    {
        var loss = new LossEquations(LossKind.MeanSquaredError, IsEveryStep: true);
        var target = new Target([1, float.NaN, 3], width: 1);
        float[] v = [2, 9, 2, 7, 5, 9];

        float found = loss.OfSteps(target, v, stride: 2, units: 1, scale: 1);

        Assert.AreEqual((1f + 4f) / 2, found, 1e-6f);
        CollectionAssert.AreEqual(new float[] { 1, 9, 0, 7, 2, 9 }, v);
    }

    [TestMethod]
    [DataRow(100f, 1f, 0f)]
    [DataRow(-100f, 1f, 100f)]
    [DataRow(200f, 0f, 200f)]
    public void Sigmoid_LargeReadouts_StayFinite(float y, float target, float expected)
    {
        Assert.AreEqual(expected, SigmoidEquations.Loss(y, target), 1e-4f);
        Assert.AreEqual((y > 0 ? 1 : 0) - target, SigmoidEquations.LossByReadout(y, target), 1e-6f);
    }

    private static double[] TargetOf(ReferenceLoss kind) => kind switch
    {
        ReferenceLoss.SoftmaxCrossEntropy => [2],
        ReferenceLoss.SigmoidCrossEntropy => [1, 0, 1, 0],
        _ => [0.5, 2, -1, 3],
    };

    private static Target Target(ReferenceLoss kind) => kind == ReferenceLoss.SoftmaxCrossEntropy
        ? new Target(new[] { (int)TargetOf(kind)[0] })
        : new Target(TargetOf(kind).Select(t => (float)t).ToArray(), s_y.Length);
}
