using System;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Two engines that compute the same differ by rounding alone.</summary>
internal static class RoundingAssert
{
    /// <summary>Relative; on the simulator 3e-7 were measured at most. A GPU contracts products and sums, and its exponential is another one.</summary>
    public const double Tolerance = 1e-5;

    // Of what is all but 0 nothing else can be said.
    private const double Smallest = 1e-8;

    public static void AreSame(float[] expected, float[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual, what);
        double norm = Math.Sqrt(expected.Sum(e => (double)e * e));
        double difference = Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum());
        Assert.IsTrue(difference <= Tolerance * norm + Smallest, $"{what}: off by {difference} of {norm}");
    }

    public static void AreSame(double expected, double actual, string what) =>
        Assert.AreEqual(expected, actual, Tolerance * Math.Abs(expected) + Smallest, what);
}
