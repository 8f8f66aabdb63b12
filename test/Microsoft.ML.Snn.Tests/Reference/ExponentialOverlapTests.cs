using System;
using Microsoft.ML.Snn.Reference;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Reference;

[TestClass]
public sealed class ExponentialOverlapTests
{
    [TestMethod]
    [DataRow(0.05, 0.2)]
    [DataRow(0.3, 0.3)]
    [DataRow(0.3, 0.3 + 1e-9)]
    [DataRow(0.1, 1.0999)]
    [DataRow(0.1, 1.1001)]
    [DataRow(12.0, 3.0)]
    [DataRow(0.0, 0.0)]
    public void Of_AnyPair_MatchesQuadrature(double a, double b)
    {
        // Simpson's rule on the integral itself.
        const int Intervals = 20_000;
        double sum = 0;
        for (int k = 0; k <= Intervals; k++)
        {
            double u = k / (double)Intervals;
            double weight = k is 0 or Intervals ? 1 : k % 2 == 0 ? 2 : 4;
            sum += weight * Math.Exp(-a * (1 - u) - b * u);
        }

        double expected = sum / (3 * Intervals);
        Assert.AreEqual(expected, ExponentialOverlap.Of(a, b), 1e-12 * expected);
    }

    [TestMethod]
    public void Of_VeryDifferentDecays_IsFinite() =>
        Assert.AreEqual(1 / 3000.0, ExponentialOverlap.Of(0, 3000), 1e-15);
}
