using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Leaky membrane behind an exponential synapse over any stretch of time, and when it reaches its threshold.</summary>
/// <remarks>
/// <para>τm dV/dt = -V + I, τs dI/dt = -I, solved exactly as <see cref="MembraneEquations"/> does for one step, here for
/// a length that is known only when it is needed. In double precision, for four neurons or four lengths at once; each
/// of the four has the result that it would have alone. Exponentials and logarithms are those of <see cref="Vector256"/>,
/// good to two units in the last place.</para>
/// <para>The rising side of V is concave, because I is positive there: τm V'' = -I/τs - V'. So V meets the threshold once
/// on the way up.</para>
/// <para>Singular where V only grazes the threshold: there the crossing moves infinitely fast with V.</para>
/// <para>Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), Table 1; the closed form for τm = 2 τs as in Göltz et al.,
/// Nat. Mach. Intell. 3:823 (2021). Greek to code: τm membraneTime, τs synapseTime, ϑ threshold.</para>
/// </remarks>
internal readonly struct MembraneSegment
{
    private const int MaximumIterations = 200;

    // Below this difference of the exponents their exponentials cancel.
    private const double Close = 1e-3;

    private readonly double _membraneRate;
    private readonly double _synapseRate;

    // τm/τs: usual ratios save an exponential.
    private readonly double _ratio;

    // τs/(τm - τs); not used where the times are equal.
    private readonly double _gain;

    // When the potential after one spike is at its largest, and how large.
    private readonly double _largestGainTime;
    private readonly double _largestGain;

    /// <summary>Takes the time constants in milliseconds, above 0; they may be equal.</summary>
    public MembraneSegment(double membraneTime, double synapseTime)
    {
        (MembraneTime, SynapseTime) = (membraneTime, synapseTime);
        (_membraneRate, _synapseRate) = (1 / membraneTime, 1 / synapseTime);
        _ratio = membraneTime / synapseTime;
        _gain = synapseTime / (membraneTime - synapseTime);
        _largestGainTime = PeakTime(Vector256<double>.Zero, Vector256<double>.One)[0];
        _largestGain = Over(_largestGainTime).CurrentIntoMembrane;
    }

    public double MembraneTime { get; }

    public double SynapseTime { get; }

    /// <summary>What a λV of 1 adds to λI where a current of 1 adds 1 to V: τm/τs.</summary>
    public double AdjointRatio => _ratio;

    /// <summary>What <paramref name="s"/> milliseconds do.</summary>
    public SegmentDecay Over(double s)
    {
        SegmentDecays decays = Over(Vector256.Create(s));
        double into = decays.CurrentIntoMembrane[0];
        return new SegmentDecay(decays.Membrane[0], decays.Synapse[0], into, _ratio * into);
    }

    /// <summary>What four stretches do; lengths of 0 or more, in milliseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentDecays Over(Vector256<double> s)
    {
        Vector256<double> membrane = Vector256.Exp(s * -_membraneRate);
        Vector256<double> square = membrane * membrane;
        Vector256<double> synapse = _ratio == 4 ? square * square
            : _ratio == 2 ? square
            : Vector256.Exp(s * -_synapseRate);

        // (e^-a - e^-b)/(b - a), times a.
        Vector256<double> difference = s * (_synapseRate - _membraneRate);
        Vector256<double> gain = (membrane - synapse) * _gain;
        Vector256<double> close = Vector256.LessThan(Vector256.Abs(difference), Vector256.Create(Close));
        if (Any(close))
        {
            // The quotient cancels where both are close, for the lack of a difference;
            // there e^-(a+b)/2 sinh(x)/x with x = (a - b)/2 is e^-(a+b)/2 (1 + x²/6) to the last digit.
            Vector256<double> series = s * _membraneRate * Vector256.Sqrt(membrane * synapse)
                * (Vector256<double>.One + difference * difference * (1.0 / 24));
            gain = Vector256.ConditionalSelect(close, series, gain);
        }

        return new SegmentDecays(membrane, synapse, gain);
    }

    /// <summary>The most that a current of 1 adds to V at any moment of a stretch.</summary>
    /// <param name="length">Length of the stretch in milliseconds.</param>
    /// <param name="atEnd"><see cref="SegmentDecay.CurrentIntoMembrane"/> of that length.</param>
    public double GainWithin(double length, double atEnd) => length < _largestGainTime ? atEnd : _largestGain;

    /// <summary>The same for four stretches.</summary>
    public Vector256<double> GainWithin(Vector256<double> length, Vector256<double> atEnd) => Vector256.ConditionalSelect(
        Vector256.LessThan(length, Vector256.Create(_largestGainTime)), atEnd, Vector256.Create(_largestGain));

    /// <summary>Times from now at which V has its maximum, or infinity where V does not rise or never turns.</summary>
    /// <remarks>V' = 0 where (e^(r s) - 1)/r = (I - V) τs/I with r = 1/τm - 1/τs.</remarks>
    public Vector256<double> PeakTime(Vector256<double> v, Vector256<double> i)
    {
        Vector256<double> rises = Vector256.GreaterThan(i, v) & Vector256.GreaterThan(i, Vector256<double>.Zero);
        Vector256<double> q = (i - v) * SynapseTime / i;
        Vector256<double> x = q * (_membraneRate - _synapseRate);

        // From far below 0 V climbs towards 0 and never turns.
        Vector256<double> turns = rises & Vector256.GreaterThan(x, -Vector256<double>.One);
        return Vector256.ConditionalSelect(turns, q * LogOnePlusOver(x), Vector256.Create(double.PositiveInfinity));
    }

    /// <summary>Time from now at which V first reaches the threshold within a stretch, or infinity.</summary>
    /// <param name="v">V now.</param>
    /// <param name="i">I now.</param>
    /// <param name="threshold">ϑ, above 0.</param>
    /// <param name="length">Length of the stretch in milliseconds.</param>
    public double Crossing(double v, double i, double threshold, double length)
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
        (double vHigh, double iHigh) = Over(length).Step(v, i);
        if (vHigh < threshold)
        {
            // Not above at the end: it was above in between only if V has turned by then.
            high = PeakTime(Vector256.Create(v), Vector256.Create(i))[0];
            if (iHigh >= vHigh || !(high < length))
            {
                return double.PositiveInfinity;
            }

            (vHigh, _) = Over(high).Step(v, i);
        }

        return vHigh < threshold ? double.PositiveInfinity : Crossing(
            Vector256.Create(v), Vector256.Create(i), Vector256.Create(threshold), Vector256.Create(high), Vector256.Create(vHigh), out _)[0];
    }

    /// <summary>Times from now at which four potentials first reach the threshold.</summary>
    /// <param name="v">V now.</param>
    /// <param name="i">I now.</param>
    /// <param name="threshold">ϑ, above 0.</param>
    /// <param name="high">A time at which V is at the threshold or above, having been below before it once at most.</param>
    /// <param name="atHigh">V at that time.</param>
    /// <param name="decays">What the time to the crossing does.</param>
    public Vector256<double> Crossing(
        Vector256<double> v, Vector256<double> i, Vector256<double> threshold, Vector256<double> high, Vector256<double> atHigh,
        out SegmentDecays decays)
    {
        CrossingSearch search = Begin(v, i, threshold, high, atHigh);
        while (Improve(v, i, threshold, ref search))
        {
        }

        return End(search, out decays);
    }

    /// <summary>Begins a search for four crossings; parameters as those of <see cref="Crossing(Vector256{double}, Vector256{double}, Vector256{double}, Vector256{double}, Vector256{double}, out SegmentDecays)"/>.</summary>
    /// <remarks>Whoever has many fours takes all of them one step further at a time: they wait for one another less than a single one for itself.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CrossingSearch Begin(
        Vector256<double> v, Vector256<double> i, Vector256<double> threshold, Vector256<double> high, Vector256<double> atHigh)
    {
        Vector256<double> zero = Vector256<double>.Zero;
        Vector256<double> miss = threshold - v;
        Vector256<double> guess;
        if (_ratio == 2)
        {
            // With x = exp(-s/τm): (V + I) x - I x² = ϑ, of which the larger x is the earlier time.
            Vector256<double> sum = v + i;
            Vector256<double> root = Vector256.Sqrt(Vector256.MaxNative(sum * sum - 4 * i * threshold, zero));
            guess = Vector256.Log((sum + root) / (i + i)) * -MembraneTime;
        }
        else
        {
            // A parabola through V now, with the slope now, and through V at the high time.
            Vector256<double> rise = (i - v) * _membraneRate;
            Vector256<double> curve = (atHigh - v - rise * high) / (high * high);
            Vector256<double> root = Vector256.Sqrt(Vector256.MaxNative(rise * rise + 4 * curve * miss, zero));
            guess = (miss + miss) / (rise + root);
        }

        // Native: what is no number, where the high time is now, becomes now.
        guess = Vector256.MinNative(Vector256.MaxNative(guess, zero), high);
        return new CrossingSearch(guess, zero, high, Vector256<double>.AllBitsSet, _ratio == 2 ? MaximumIterations : 0);
    }

    /// <summary>One step of Halley's iteration, kept inside the bracket; false where nothing is left to gain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Improve(Vector256<double> v, Vector256<double> i, Vector256<double> threshold, ref CrossingSearch search)
    {
        if (search.Steps >= MaximumIterations || !Any(search.Left))
        {
            return false;
        }

        Vector256<double> s = search.Time;
        (Vector256<double> potential, Vector256<double> current) = Over(s).Step(v, i);
        Vector256<double> miss = potential - threshold;
        Vector256<double> slope = (current - potential) * _membraneRate;
        Vector256<double> bend = (current * _synapseRate + slope) * -_membraneRate;
        Vector256<double> next = s - 2 * miss * slope / (2 * slope * slope - miss * bend);
        Vector256<double> below = Vector256.LessThan(miss, Vector256<double>.Zero);
        Vector256<double> low = Vector256.ConditionalSelect(below, s, search.Low);
        Vector256<double> high = Vector256.ConditionalSelect(below, search.High, s);
        Vector256<double> inside = Vector256.GreaterThanOrEqual(next, low) & Vector256.LessThanOrEqual(next, high);
        next = Vector256.ConditionalSelect(inside, next, 0.5 * (low + high));

        // What has arrived stays: the result must not depend on its neighbours. Each step cubes the error: after one of
        // this length there is nothing left to gain.
        next = Vector256.ConditionalSelect(search.Left, next, s);
        Vector256<double> left = search.Left & Vector256.GreaterThan(Vector256.Abs(next - s), Vector256.Create(3e-5 * SynapseTime));
        search = new CrossingSearch(next, low, high, left, search.Steps + 1);
        return Any(left);
    }

    /// <summary>The crossings that a search has found, and what the times to them do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> End(in CrossingSearch search, out SegmentDecays decays)
    {
        decays = Over(search.Time);
        return search.Time;
    }

    private static bool Any(Vector256<double> mask) => mask.ExtractMostSignificantBits() != 0;

    /// <summary>ln(1 + x)/x; near 0 by its series, as 1 + x rounds x away.</summary>
    private static Vector256<double> LogOnePlusOver(Vector256<double> x)
    {
        Vector256<double> one = Vector256<double>.One;
        Vector256<double> series = one - x * (Vector256.Create(1.0 / 2) - x * (Vector256.Create(1.0 / 3) - x * (1.0 / 4)));
        Vector256<double> isSmall = Vector256.LessThan(Vector256.Abs(x), Vector256.Create(1e-4));
        return Vector256.ConditionalSelect(isSmall, series, Vector256.Log(one + x) / x);
    }
}
