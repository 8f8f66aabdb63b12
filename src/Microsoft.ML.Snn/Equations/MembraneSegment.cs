using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Leaky membrane behind an exponential synapse over any stretch of time, and when it reaches its threshold.</summary>
/// <remarks>
/// <para>τm dV/dt = -V + I, τs dI/dt = -I, solved exactly as <see cref="MembraneEquations"/> does for one step, here for
/// a length that is known only when it is needed. In double precision: one number serves a whole layer.</para>
/// <para>The rising side of V is concave, because I is positive there: τm V'' = -I/τs - V'. So a step from the left never
/// passes the crossing, and V meets the threshold once on the way up.</para>
/// <para>Singular where V only grazes the threshold: there the crossing moves infinitely fast with V.</para>
/// <para>Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), Table 1; the closed form for τm = 2 τs as in Göltz et al.,
/// Nat. Mach. Intell. 3:823 (2021). Greek to code: τm membraneTime, τs synapseTime, ϑ threshold.</para>
/// </remarks>
internal readonly struct MembraneSegment
{
    private const int MaximumIterations = 200;

    private readonly double _membraneRate;
    private readonly double _synapseRate;

    // τm/τs: usual ratios save an exponential.
    private readonly double _ratio;

    /// <summary>Takes the time constants in milliseconds, above 0; they may be equal.</summary>
    public MembraneSegment(double membraneTime, double synapseTime)
    {
        (MembraneTime, SynapseTime) = (membraneTime, synapseTime);
        (_membraneRate, _synapseRate) = (1 / membraneTime, 1 / synapseTime);
        _ratio = membraneTime / synapseTime;
        LargestGainTime = PeakTime(0, 1);
        LargestGain = Over(LargestGainTime).CurrentIntoMembrane;
    }

    public double MembraneTime { get; }

    public double SynapseTime { get; }

    /// <summary>When the potential after one spike is at its largest, in milliseconds.</summary>
    public double LargestGainTime { get; }

    /// <summary>The largest <see cref="SegmentDecay.CurrentIntoMembrane"/> of any length.</summary>
    public double LargestGain { get; }

    /// <summary>What <paramref name="s"/> milliseconds do.</summary>
    public SegmentDecay Over(double s)
    {
        double a = s * _membraneRate;
        double b = s * _synapseRate;
        double membrane = Math.Exp(-a);
        double square = membrane * membrane;
        double synapse = _ratio switch
        {
            2 => square,
            4 => square * square,
            _ => Math.Exp(-b),
        };

        // (e^-a - e^-b)/(b - a). The quotient cancels where both are close, for the lack of a difference;
        // there e^-(a+b)/2 sinh(x)/x with x = (a - b)/2 is e^-(a+b)/2 (1 + x²/6) to the last digit.
        double difference = b - a;
        double overlap = Math.Abs(difference) > 1e-3
            ? (membrane - synapse) / difference
            : Math.Sqrt(membrane * synapse) * (1 + difference * difference / 24);
        return new SegmentDecay(membrane, synapse, a * overlap, b * overlap);
    }

    /// <summary>Time from now at which V has its maximum, or infinity where V does not rise or never turns.</summary>
    /// <remarks>V' = 0 where (e^(r s) - 1)/r = (I - V) τs/I with r = 1/τm - 1/τs.</remarks>
    public double PeakTime(double v, double i)
    {
        if (!(i > v && i > 0))
        {
            return double.PositiveInfinity;
        }

        double q = (i - v) * SynapseTime / i;
        double x = (_membraneRate - _synapseRate) * q;

        // From far below 0 V climbs towards 0 and never turns.
        return x > -1 ? q * LogOnePlusOver(x) : double.PositiveInfinity;
    }

    /// <summary>Time from now at which V first reaches the threshold within a stretch, or infinity.</summary>
    /// <param name="v">V now.</param>
    /// <param name="i">I now.</param>
    /// <param name="threshold">ϑ, above 0.</param>
    /// <param name="length">Length of the stretch in milliseconds.</param>
    /// <param name="overLength"><see cref="Over"/> of that length, which the caller has anyway.</param>
    public double Crossing(double v, double i, double threshold, double length, in SegmentDecay overLength)
    {
        // V can pass a positive threshold from below only while I is above it, and I only decays.
        if (!(i > threshold))
        {
            return double.PositiveInfinity;
        }

        if (v >= threshold)
        {
            return 0;
        }

        double high = length;
        (double vEnd, double iEnd) = overLength.Step(v, i);
        if (vEnd < threshold)
        {
            // Not above at the end: it was above in between only if V has turned by then.
            if (iEnd >= vEnd)
            {
                return double.PositiveInfinity;
            }

            high = PeakTime(v, i);
            if (!(high < length) || !(Over(high).Step(v, i).V >= threshold))
            {
                return double.PositiveInfinity;
            }
        }

        return MembraneTime == 2 * SynapseTime ? ClosedForm(v, i, threshold, high) : Iterate(v, i, threshold, high);
    }

    /// <summary>For τm = 2 τs, with x = exp(-s/τm): (V + I) x - I x² = ϑ, of which the larger x is the earlier time.</summary>
    private double ClosedForm(double v, double i, double threshold, double high)
    {
        double sum = v + i;
        double root = Math.Sqrt(Math.Max(0, sum * sum - 4 * i * threshold));
        return Math.Clamp(-MembraneTime * Math.Log((sum + root) / (2 * i)), 0, high);
    }

    /// <summary>Halley's iteration from the left, kept inside the bracket from now to <paramref name="high"/>.</summary>
    private double Iterate(double v, double i, double threshold, double high)
    {
        double low = 0;
        double s = 0;

        // Each step cubes the error: after one of this length there is nothing left to gain.
        double enough = 1e-5 * SynapseTime;
        (double potential, double current) = (v, i);
        for (int n = 0; n < MaximumIterations; n++)
        {
            double miss = potential - threshold;
            double slope = (current - potential) * _membraneRate;
            double bend = -(current * _synapseRate + slope) * _membraneRate;
            double next = s - 2 * miss * slope / (2 * slope * slope - miss * bend);
            (low, high) = miss < 0 ? (s, high) : (low, s);
            if (!(next >= low && next <= high))
            {
                next = 0.5 * (low + high);
            }

            if (Math.Abs(next - s) <= enough)
            {
                return next;
            }

            s = next;
            (potential, current) = Over(s).Step(v, i);
        }

        return s;
    }

    /// <summary>ln(1 + x)/x; near 0 by its series, as 1 + x rounds x away.</summary>
    private static double LogOnePlusOver(double x) =>
        Math.Abs(x) < 1e-4 ? 1 - x * (1.0 / 2 - x * (1.0 / 3 - x / 4)) : Math.Log(1 + x) / x;
}
