using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>The overlap of two decays: ∫ exp(-a (1 - u)) exp(-b u) du for u from 0 to 1.</summary>
public static class ExponentialOverlap
{
    /// <summary>Gives (e^-a - e^-b) / (b - a), and e^-a where both are equal.</summary>
    /// <param name="a">Duration over the first time constant.</param>
    /// <param name="b">Duration over the second time constant.</param>
    public static double Of(double a, double b)
    {
        // The quotient cancels where a is near b; the product overflows where they are far apart.
        if (Math.Abs(a - b) > 1)
        {
            return (Math.Exp(-a) - Math.Exp(-b)) / (b - a);
        }

        double x = 0.5 * (a - b);
        return Math.Exp(-0.5 * (a + b)) * (x == 0 ? 1 : Math.Sinh(x) / x);
    }
}
