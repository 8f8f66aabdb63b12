using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Closed forms of a leaky integrator with an exponential synapse between two events.</summary>
/// <remarks>
/// τm V' = -V + I, τs I' = -I, from V0 and I0 at the segment's start; s is the time since then. Nothing
/// here divides by τm - τs, so equal time constants need no case of their own.
/// </remarks>
internal readonly struct LifSegment(double membraneTime, double synapseTime)
{
    /// <summary>I(s) = I0 exp(-s/τs).</summary>
    public double Current(double i0, double s) => i0 * Math.Exp(-s / synapseTime);

    /// <summary>V(s) = V0 exp(-s/τm) + (I0/τm) ∫ exp(-(s-u)/τm) exp(-u/τs) du.</summary>
    public double Membrane(double v0, double i0, double s) =>
        v0 * Math.Exp(-s / membraneTime)
        + i0 * (s / membraneTime) * ExponentialOverlap.Of(s / membraneTime, s / synapseTime);

    /// <summary>Gives ∫ V(t) exp(-rate t) dt from t0 to t1; rate 0 is the plain integral.</summary>
    /// <remarks>
    /// Each equation times exp(-rate t), integrated by parts:
    /// (1 + τs rate) ∫ I e = -τs [I e] and (1 + τm rate) ∫ V e = ∫ I e - τm [V e].
    /// </remarks>
    public double WeightedIntegral(double v0, double i0, double t0, double t1, double rate)
    {
        double weight0 = Math.Exp(-rate * t0);
        double weight1 = Math.Exp(-rate * t1);
        double v1 = Membrane(v0, i0, t1 - t0);
        double i1 = Current(i0, t1 - t0);
        double currentIntegral = synapseTime * (i0 * weight0 - i1 * weight1) / (1 + synapseTime * rate);
        return (currentIntegral + membraneTime * (v0 * weight0 - v1 * weight1)) / (1 + membraneTime * rate);
    }

    /// <summary>Gives the s above 0 at which V has its maximum, or infinity where it has none.</summary>
    /// <remarks>
    /// D = V - I obeys D' = -D/τm + I/τs, so D(s) = 0 where (e^(rs) - 1)/r = q with r = 1/τm - 1/τs and
    /// q = (I0 - V0) τs / I0. It is a maximum when V rises at the start and I0 is positive.
    /// </remarks>
    public double PeakTime(double v0, double i0)
    {
        if (!(i0 > v0 && i0 > 0))
        {
            return double.PositiveInfinity;
        }

        double q = (i0 - v0) * synapseTime / i0;
        double rq = (1 / membraneTime - 1 / synapseTime) * q;

        // A very negative V0 climbs to 0 from below and never turns.
        return rq > -1 ? q * LogOnePlusOver(rq) : double.PositiveInfinity;
    }

    /// <summary>Gives the s at which V first reaches the threshold, or infinity where it never does.</summary>
    /// <remarks>V rises without a turn up to its peak: a bracket, in which Newton's steps are kept.</remarks>
    public double CrossingTime(double v0, double i0, double threshold)
    {
        if (v0 >= threshold)
        {
            return 0;
        }

        // V can meet a positive threshold from below only while I is above it, and I only decays.
        if (!(i0 > threshold))
        {
            return double.PositiveInfinity;
        }

        double low = 0;
        double high = PeakTime(v0, i0);
        if (double.IsPositiveInfinity(high) || Membrane(v0, i0, high) < threshold)
        {
            return double.PositiveInfinity;
        }

        double s = 0;
        while (true)
        {
            double v = Membrane(v0, i0, s);
            (low, high) = v < threshold ? (s, high) : (low, s);
            double next = s - (v - threshold) * membraneTime / (Current(i0, s) - v);
            if (next == s)
            {
                return s;
            }

            if (!(next > low && next < high))
            {
                next = 0.5 * (low + high);
                if (!(next > low && next < high))
                {
                    return high;
                }
            }

            s = next;
        }
    }

    // ln(1 + x) / x without the rounding of 1 + x. Source: Goldberg, ACM Comput. Surv. 23:5 (1991), theorem 4.
    private static double LogOnePlusOver(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? 1 : Math.Log(sum) / (sum - 1);
    }
}
