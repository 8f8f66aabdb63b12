using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Leaky membrane behind an exponential synapse over any stretch of time, and when it reaches its threshold.</summary>
/// <remarks>
/// <para>τm dV/dt = -V + I, τs dI/dt = -I, solved exactly as <see cref="MembraneEquations"/> does for one step, here for
/// a length that is known only when it is needed. In double precision, for four neurons or four lengths at once; each
/// of the four has the result that it would have alone. Exponentials and logarithms are those of <see cref="Vector256"/>,
/// good to two units in the last place.</para>
/// <para>Wherever τm is a small whole multiple of τs, exp(-s/τs) is a power of exp(-s/τm).</para>
/// <para>The rising side of V is concave, because I is positive there: τm V'' = -I/τs - V'. So V meets the threshold once
/// on the way up.</para>
/// <para>Singular where V only grazes the threshold: there the crossing moves infinitely fast with V.</para>
/// <para>Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), Table 1; the closed form for τm = 2 τs as in Göltz et al.,
/// Nat. Mach. Intell. 3:823 (2021). Greek to code: τm membraneTime, τs synapseTime, ϑ threshold.</para>
/// </remarks>
internal readonly struct MembraneSegment
{
    private const int MaximumIterations = 200;

    // Where multiplying costs no more than an exponential.
    private const int MostPower = 8;

    // Below this difference of the exponents their exponentials cancel.
    private const double Close = 1e-3;

    private readonly double _membraneRate;
    private readonly double _synapseRate;

    // τm/τs.
    private readonly double _ratio;

    // The same where it is a whole number from 2 on that is reached by few multiplications, or 0: such a ratio saves an exponential.
    private readonly int _power;

    // τs/(τm - τs); not used where the times are equal.
    private readonly double _gain;

    // When the potential after one spike is at its largest, and how large.
    private readonly double _largestGainTime;
    private readonly double _largestGain;
    private readonly double _largestGainLeft;

    /// <summary>Takes the time constants in milliseconds, above 0; they may be equal.</summary>
    public MembraneSegment(double membraneTime, double synapseTime)
    {
        (MembraneTime, SynapseTime) = (membraneTime, synapseTime);
        (_membraneRate, _synapseRate) = (1 / membraneTime, 1 / synapseTime);
        _ratio = membraneTime / synapseTime;
        _power = _ratio is >= 2 and <= MostPower && _ratio == Math.Floor(_ratio) ? (int)_ratio : 0;
        _gain = synapseTime / (membraneTime - synapseTime);
        _largestGainTime = PeakTime(Vector256<double>.Zero, Vector256<double>.One)[0];
        (_largestGainLeft, _, _largestGain, _) = Over(_largestGainTime);
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
        Vector256<double> exponent = s * -_membraneRate;
        return Of(Vector256.Exp(exponent), exponent);
    }

    /// <summary>What four stretches do of which only is known what they leave of the membrane, x = exp(-s/τm).</summary>
    /// <remarks>Where τm is a whole multiple of τs this needs no exponential; CurrentIntoMembrane is good to 1e-16 then, not to so many digits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentDecays Leaving(Vector256<double> x)
    {
        if (_power == 0)
        {
            return Of(x, Vector256.Log(x));
        }

        Vector256<double> synapse = Power(x);
        return new SegmentDecays(x, synapse, (x - synapse) * _gain);
    }

    /// <summary>How long it takes until so much is left of the membrane, in milliseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> TimeLeaving(Vector256<double> x) => Vector256.Log(x) * -MembraneTime;

    /// <summary>The most that a current of 1 adds to V at any moment of a stretch.</summary>
    /// <param name="length">Length of the stretch in milliseconds.</param>
    /// <param name="atEnd"><see cref="SegmentDecay.CurrentIntoMembrane"/> of that length.</param>
    public double GainWithin(double length, double atEnd) => length < _largestGainTime ? atEnd : _largestGain;

    /// <summary>The same for four stretches.</summary>
    public Vector256<double> GainWithin(in SegmentDecays stretch) => Vector256.ConditionalSelect(
        Vector256.GreaterThan(stretch.Membrane, Vector256.Create(_largestGainLeft)), stretch.CurrentIntoMembrane, Vector256.Create(_largestGain));

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

    /// <summary>All bits set where V rises now and its maximum is at a level or above, given all the time that it needs.</summary>
    /// <remarks>
    /// The maximum is W (W/I)^(1/(r - 1)) with W = V + (I - V)/r and r = τm/τs: it is at the level where W^r ≥ level^(r - 1) I, which
    /// takes no exponential where r is a whole number.
    /// </remarks>
    /// <param name="v">V now.</param>
    /// <param name="i">I now.</param>
    /// <param name="level">0 or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> PeakReaches(Vector256<double> v, Vector256<double> i, Vector256<double> level)
    {
        if (_power == 0)
        {
            return Vector256.GreaterThanOrEqual(Leaving(PeakLeaves(v, i)).Step(v, i).V, level);
        }

        Vector256<double> weighted = Vector256.MaxNative(v + (i - v) * (1 / _ratio), Vector256<double>.Zero);
        return Vector256.GreaterThan(i, v) & Vector256.GreaterThanOrEqual(Power(weighted) * level, Power(level) * i);
    }

    /// <summary>What is left of the membrane, x = exp(-s/τm), when V has its maximum; 0 where V does not rise or never turns.</summary>
    public Vector256<double> PeakLeaves(Vector256<double> v, Vector256<double> i) => Vector256.Exp(PeakTime(v, i) * -_membraneRate);

    /// <summary>Times from now at which four potentials first reach the threshold, which each does before it turns and within its stretch.</summary>
    /// <param name="v">V now, below the threshold.</param>
    /// <param name="i">I now.</param>
    /// <param name="threshold">ϑ, above 0.</param>
    /// <param name="rest">What is left of the membrane at the end of the stretch.</param>
    /// <param name="decays">What the time to the crossing does.</param>
    public Vector256<double> Crossing(
        Vector256<double> v, Vector256<double> i, Vector256<double> threshold, Vector256<double> rest, out SegmentDecays decays)
    {
        CrossingSearch search = Begin(v, i, threshold, rest);
        while (Improve(v, i, threshold, ref search))
        {
        }

        return End(search, out decays);
    }

    /// <summary>Begins a search for four crossings; parameters as those of <see cref="Crossing(Vector256{double}, Vector256{double}, Vector256{double}, Vector256{double}, out SegmentDecays)"/>.</summary>
    /// <remarks>
    /// <para>What is looked for is x = exp(-s/τm) and not s: then V = (V0 + gain I0) x - gain I0 x^(τm/τs), which for the usual
    /// ratios of the time constants is a polynomial. V is concave in x as well, as I is positive.</para>
    /// <para>Whoever has many fours takes all of them one step further at a time: they wait for one another less than a single one for itself.</para>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CrossingSearch Begin(Vector256<double> v, Vector256<double> i, Vector256<double> threshold, Vector256<double> rest)
    {
        Vector256<double> zero = Vector256<double>.Zero, one = Vector256<double>.One;
        Vector256<double> guess;
        if (_power == 2)
        {
            // (V + I) x - I x² = ϑ, of which the larger x is the earlier time.
            Vector256<double> sum = v + i;
            guess = (sum + Vector256.Sqrt(Vector256.MaxNative(sum * sum - 4 * i * threshold, zero))) / (i + i);
        }
        else
        {
            // A parabola in 1 - x through V now, with the slope now, and through V where the parabola with the slope and the bend of
            // now has its top, or at the end of the stretch: five of six guesses are within a step of Halley's iteration.
            Vector256<double> miss = threshold - v;
            Vector256<double> rise = i - v;
            Vector256<double> span = Vector256.MinNative(rise / (i * _ratio), one - rest);
            Vector256<double> gained = Leaving(one - span).Step(v, i).V - v;
            Vector256<double> curve = (gained - rise * span) / (span * span);
            Vector256<double> root = Vector256.Sqrt(Vector256.MaxNative(rise * rise + 4 * curve * miss, zero));
            guess = one - (miss + miss) / (rise + root);
        }

        // Native: what is no number, where the stretch has no length, becomes its end.
        guess = Vector256.MinNative(Vector256.MaxNative(guess, rest), one);
        return new CrossingSearch(guess, rest, one, Vector256<double>.AllBitsSet, _power == 2 ? MaximumIterations : 0);
    }

    /// <summary>One step of Halley's iteration, kept inside the bracket; false where nothing is left to gain.</summary>
    /// <remarks>x dV/dx = V - I and x² d²V/dx² = -(τm/τs) I.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Improve(Vector256<double> v, Vector256<double> i, Vector256<double> threshold, ref CrossingSearch search)
    {
        if (search.Steps >= MaximumIterations || !Any(search.Open))
        {
            return false;
        }

        Vector256<double> x = search.Leaves;
        (Vector256<double> potential, Vector256<double> current) = Leaving(x).Step(v, i);
        Vector256<double> miss = potential - threshold;
        Vector256<double> slope = potential - current;
        Vector256<double> twice = slope + slope;
        Vector256<double> next = x - x * (miss * twice) / (slope * twice + miss * current * _ratio);

        // Behind its maximum V has been at the threshold before, and the iteration would lead to where it falls below.
        Vector256<double> rising = Vector256.LessThan(slope, Vector256<double>.Zero);
        Vector256<double> below = Vector256.LessThan(miss, Vector256<double>.Zero) & rising;
        Vector256<double> least = Vector256.ConditionalSelect(below, search.Least, x);
        Vector256<double> most = Vector256.ConditionalSelect(below, x, search.Most);
        Vector256<double> inside = rising & Vector256.GreaterThanOrEqual(next, least) & Vector256.LessThanOrEqual(next, most);
        next = Vector256.ConditionalSelect(inside, next, 0.5 * (least + most));

        // What has arrived stays: the result must not depend on its neighbours. Each step cubes the error: after one of
        // 3e-5 τs there is nothing left to gain.
        next = Vector256.ConditionalSelect(search.Open, next, x);
        Vector256<double> open = search.Open & Vector256.GreaterThan(Vector256.Abs(next - x), next * (3e-5 / _ratio));
        search = new CrossingSearch(next, least, most, open, search.Steps + 1);
        return Any(open);
    }

    /// <summary>The times to the crossings that a search has found, and what they do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> End(in CrossingSearch search, out SegmentDecays decays)
    {
        decays = Leaving(search.Leaves);
        return TimeLeaving(search.Leaves);
    }

    private static bool Any(Vector256<double> mask) => mask.ExtractMostSignificantBits() != 0;

    /// <summary>What four stretches do; of x = exp(-s/τm) and -s/τm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SegmentDecays Of(Vector256<double> membrane, Vector256<double> exponent)
    {
        Vector256<double> synapse = _power > 0 ? Power(membrane) : Vector256.Exp(exponent * _ratio);

        // (e^-a - e^-b)/(b - a), times a.
        Vector256<double> difference = exponent * (1 - _ratio);
        Vector256<double> gain = (membrane - synapse) * _gain;
        Vector256<double> close = Vector256.LessThan(Vector256.Abs(difference), Vector256.Create(Close));
        if (Any(close))
        {
            // The quotient cancels where both are close, for the lack of a difference;
            // there e^-(a+b)/2 sinh(x)/x with x = (a - b)/2 is e^-(a+b)/2 (1 + x²/6) to the last digit.
            Vector256<double> series = -exponent * Vector256.Sqrt(membrane * synapse)
                * (Vector256<double>.One + difference * difference * (1.0 / 24));
            gain = Vector256.ConditionalSelect(close, series, gain);
        }

        return new SegmentDecays(membrane, synapse, gain);
    }

    /// <summary>x to the power of τm/τs, where that is a whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<double> Power(Vector256<double> x)
    {
        Vector256<double> square = x * x;
        return _power == 4 ? square * square : _power == 2 ? square : Multiplied(x);
    }

    private Vector256<double> Multiplied(Vector256<double> x)
    {
        Vector256<double> power = x;
        for (int n = 1; n < _power; n++)
        {
            power *= x;
        }

        return power;
    }

    /// <summary>ln(1 + x)/x; near 0 by its series, as 1 + x rounds x away.</summary>
    private static Vector256<double> LogOnePlusOver(Vector256<double> x)
    {
        Vector256<double> one = Vector256<double>.One;
        Vector256<double> series = one - x * (Vector256.Create(1.0 / 2) - x * (Vector256.Create(1.0 / 3) - x * (1.0 / 4)));
        Vector256<double> isSmall = Vector256.LessThan(Vector256.Abs(x), Vector256.Create(1e-4));
        return Vector256.ConditionalSelect(isSmall, series, Vector256.Log(one + x) / x);
    }
}
