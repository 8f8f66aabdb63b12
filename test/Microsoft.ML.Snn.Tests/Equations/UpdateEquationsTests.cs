using System;
using Microsoft.ML.Snn.Equations;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Equations;

/// <summary>Each optimiser against the lines of its paper in double precision, and against closed forms.</summary>
[TestClass]
public sealed class UpdateEquationsTests
{
    private const int Updates = 300;

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.1)]
    public void Adam_RandomGradients_EqualsAlgorithmInDouble(double weightDecay)
    {
        Optimizer optimizer = weightDecay == 0 ? new Adam(0.02) { Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-6 }
            : new AdamW(0.02, weightDecay) { Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-6 };
        double w = 0.7, m = 0, v = 0;

        AssertFollows(optimizer, 0.7, (k, g) =>
        {
            m = 0.8 * m + 0.2 * g;
            v = 0.99 * v + 0.01 * g * g;
            double mHat = m / (1 - Math.Pow(0.8, k)), vHat = v / (1 - Math.Pow(0.99, k));
            w = w - 0.02 * weightDecay * w - 0.02 * mHat / (Math.Sqrt(vHat) + 1e-6);
            return w;
        });
    }

    [TestMethod]
    [DataRow(0.0, 0.0, false)]
    [DataRow(0.9, 0.0, false)]
    [DataRow(0.9, 0.01, false)]
    [DataRow(0.9, 0.01, true)]
    public void Sgd_RandomGradients_EqualsAlgorithmInDouble(double momentum, double weightDecay, bool nesterov)
    {
        double w = 0.7, velocity = 0;

        AssertFollows(new Sgd(0.02, momentum) { WeightDecay = weightDecay, Nesterov = nesterov }, 0.7, (_, g) =>
        {
            double decayed = g + weightDecay * w;
            velocity = momentum * velocity + decayed;
            w -= 0.02 * (nesterov ? decayed + momentum * velocity : velocity);
            return w;
        });
    }

    [TestMethod]
    [DataRow(1e-3)]
    [DataRow(-40.0)]
    public void Adam_ConstantGradient_MovesByTheLearningRateEachTime(double gradient)
    {
        // m̂ = g and v̂ = g² at every update, so that the step is η·sign(g) up to ε.
        float weight = Run(new Adam(0.01), 2, 100, _ => gradient);

        Assert.AreEqual(2 - 100 * 0.01 * Math.Sign(gradient), weight, 2e-5);
    }

    [TestMethod]
    public void AdamW_NoGradient_DecaysGeometrically() =>
        Assert.AreEqual(2 * Math.Pow(1 - 0.1 * 0.2, 50), Run(new AdamW(0.1, weightDecay: 0.2), 2, 50, _ => 0), 1e-5);

    [TestMethod]
    public void Sgd_ConstantGradient_IsTheGeometricSum()
    {
        double expected = 1;
        for (int k = 1; k <= 40; k++)
        {
            expected -= 0.01 * 3 * (1 - Math.Pow(0.9, k)) / (1 - 0.9);
        }

        Assert.AreEqual(expected, Run(new Sgd(0.01, momentum: 0.9), 1, 40, _ => 3), 2e-5);
    }

    [TestMethod]
    public void AtUpdate_RateFactor_ScalesTheStepAndNothingElse()
    {
        Assert.AreEqual(1 - 0.5 * 0.01, Step(new Adam(0.01), 0.5, 3), 1e-6);
        Assert.AreEqual(1 - 0.5 * 0.01 * 3, Step(new Sgd(0.01), 0.5, 3), 1e-6);
        Assert.AreEqual(1 - 0.5 * 0.01 * 0.1 * 1, Step(new AdamW(0.01, 0.1), 0.5, 0), 1e-7);

        static float Step(Optimizer optimizer, double factor, float gradient)
        {
            FloatLane first = default, second = default;
            return optimizer.AtUpdate(1, factor).Update(new FloatLane(1), new FloatLane(gradient), ref first, ref second).Value;
        }
    }

    [TestMethod]
    public void None_AnyGradient_LeavesTheBits()
    {
        FloatLane first = default, second = default;

        Assert.AreEqual(0.1f, UpdateEquations.None.Update(new FloatLane(0.1f), new FloatLane(1e30f), ref first, ref second).Value);
    }

    [TestMethod]
    public void Clipping_Always_ShortensToTheMaximumOnly()
    {
        ClippingEquations clipping = new(2);

        Assert.AreEqual(1, clipping.Scale(1.9f));
        Assert.AreEqual(0.5f, clipping.Scale(4));
        Assert.IsTrue(clipping.IsActive);
        Assert.IsFalse(default(ClippingEquations).IsActive);
        Assert.IsFalse(new ClippingEquations(float.PositiveInfinity).IsActive);
    }

    [TestMethod]
    public void Validate_OutOfRange_SaysWhatAndWhy()
    {
        AssertRefused(new Sgd(0), "LearningRate must be a finite number above 0, but was 0.");
        AssertRefused(new Sgd(1, 1), "Momentum must be at least 0 and below 1, but was 1.");
        AssertRefused(new Sgd(1) { WeightDecay = -1 }, "WeightDecay must be a finite number of 0 or more, but was -1.");
        AssertRefused(new AdamW(0.1, 10), "LearningRate * WeightDecay must be at least 0 and below 1, but was 1.");
        AssertRefused(new AdamW { Beta2 = 1 }, "Beta2 must be at least 0 and below 1, but was 1.");
    }

    private static void AssertRefused(Optimizer optimizer, string message) => StringAssert.StartsWith(
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(optimizer.Validate).Message, message, StringComparison.Ordinal);

    private static void AssertFollows(Optimizer optimizer, double weight, Func<int, double, double> expected)
    {
        Random random = new(3);
        FloatLane w = new((float)weight), first = default, second = default;
        for (int k = 1; k <= Updates; k++)
        {
            float gradient = random.NextSingle() - 0.4f;
            w = optimizer.AtUpdate(k).Update(w, new FloatLane(gradient), ref first, ref second);

            // Rounding errors of single precision add up over the updates.
            Assert.AreEqual(expected(k, gradient), w.Value, 2e-5, $"update {k}");
        }
    }

    private static float Run(Optimizer optimizer, float weight, int updates, Func<int, double> gradient)
    {
        FloatLane w = new(weight), first = default, second = default;
        for (int k = 1; k <= updates; k++)
        {
            w = optimizer.AtUpdate(k).Update(w, new FloatLane((float)gradient(k)), ref first, ref second);
        }

        return w.Value;
    }
}
