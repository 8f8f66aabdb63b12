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
    private readonly double _inverseRatio;

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
        _inverseRatio = 1 / _ratio;
        _power = _ratio is >= 2 and <= MostPower && _ratio == Math.Floor(_ratio) ? (int)_ratio : 0;
        _gain = synapseTime / (membraneTime - synapseTime);
        _largestGainTime = PeakTime(Vector256<double>.Zero, Vector256<double>.One)[0];
        (_largestGainLeft, _, _largestGain, _) = Over(_largestGainTime);
    }

    public double MembraneTime { get; }

    public double SynapseTime { get; }

    /// <summary>τm/τs where it is a whole number from 2 on that is reached by few multiplications, or 0: such a ratio saves an exponential.</summary>
    public int WholeRatio => _power;

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

        Vector256<double> synapse = Power<AnyPower>(x);
        return new SegmentDecays(x, synapse, (x - synapse) * _gain);
    }

    /// <summary>What four stretches do, as <see cref="Leaving"/> has it: of lengths of 0 or more, in milliseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentDecays Between(Vector256<double> s)
    {
        Vector256<double> exponent = s * -_membraneRate;
        Vector256<double> x = Vector256.Exp(exponent);
        return _power == 0 ? Of(x, exponent) : Leaving(x);
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

    /// <summary>The same where the compiler knows the power, which keeps everything in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentDecays Leaving<TPower>(Vector256<double> x)
        where TPower : struct, IKnownPower
    {
        if (TPower.Value == 0)
        {
            return Leaving(x);
        }

        Vector256<double> synapse = Power<TPower>(x);
        return new SegmentDecays(x, synapse, (x - synapse) * _gain);
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
    public Vector256<double> PeakReaches<TPower>(Vector256<double> v, Vector256<double> i, Vector256<double> level)
        where TPower : struct, IKnownPower
    {
        if (TPower.Value == 0 && _power == 0)
        {
            return Vector256.GreaterThanOrEqual(Leaving(PeakLeaves(v, i)).Step(v, i).V, level);
        }

        Vector256<double> weighted = Vector256.MaxNative(v + (i - v) * _inverseRatio, Vector256<double>.Zero);
        return Vector256.GreaterThan(i, v) & Vector256.GreaterThanOrEqual(Power<TPower>(weighted) * level, Power<TPower>(level) * i);
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
        Vector256<float> guess = Guess<AnyPower>(
            Vector256.Narrow(v, v), Vector256.Narrow(i, i), Vector256.Narrow(threshold, threshold), Vector256.Narrow(rest, rest));
        Vector256<double> leaves = CrossingLeaves<AnyPower>(v, i, threshold, rest, Vector256.WidenLower(guess));
        decays = Leaving(leaves);
        return TimeLeaving(leaves);
    }

    /// <summary>Where eight crossings are, as well as single precision knows; parameters and result as those of <see cref="CrossingLeaves"/>.</summary>
    /// <remarks>
    /// A parabola in 1 - x through V now, with the slope now, and through V where the parabola with the slope and the bend of now has
    /// its top, or at the end of the stretch: five of six are within a step of Halley's iteration, which follows.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Guess<TPower>(Vector256<float> v, Vector256<float> i, Vector256<float> threshold, Vector256<float> rest)
        where TPower : struct, IKnownPower
    {
        Vector256<float> zero = Vector256<float>.Zero, one = Vector256<float>.One;
        Vector256<float> ratio = Vector256.Create((float)_ratio);
        Vector256<float> miss = threshold - v;
        Vector256<float> rise = i - v;
        Vector256<float> span = Vector256.MinNative(rise / (i * ratio), one - rest);
        Vector256<float> gained = Potential<TPower>(one - span, v, i, out _) - v;
        Vector256<float> curve = (gained - rise * span) / (span * span);
        Vector256<float> root = Vector256.Sqrt(Vector256.MaxNative(rise * rise + 4 * curve * miss, zero));
        Vector256<float> x = one - (miss + miss) / (rise + root);

        // Native: what is no number, where the stretch has no length, becomes its end.
        x = Vector256.MinNative(Vector256.MaxNative(x, rest), one);
        Vector256<float> potential = Potential<TPower>(x, v, i, out Vector256<float> current);
        Vector256<float> slope = potential - current;
        miss = potential - threshold;
        Vector256<float> twice = slope + slope;
        Vector256<float> next = x - x * (miss * twice) / (slope * twice + miss * current * ratio);
        return Vector256.ConditionalSelect(
            Vector256.LessThan(slope, zero), Vector256.MinNative(Vector256.MaxNative(next, rest), one), x);
    }

    /// <summary>What is left of the membrane, x = exp(-s/τm), when four potentials first reach the threshold.</summary>
    /// <remarks>
    /// <para>What is looked for is x and not s: then V = (V0 + gain I0) x - gain I0 x^(τm/τs), which for the usual
    /// ratios of the time constants is a polynomial. V is concave in x as well, as I is positive.</para>
    /// <para>Halley's iteration, kept inside a bracket: x dV/dx = V - I and x² d²V/dx² = -(τm/τs) I.</para>
    /// </remarks>
    /// <param name="v">V now, below the threshold.</param>
    /// <param name="i">I now.</param>
    /// <param name="threshold">ϑ, above 0.</param>
    /// <param name="rest">What is left of the membrane at the end of the stretch.</param>
    /// <param name="guess">Where to begin; anything, but the better it is the sooner the search ends.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> CrossingLeaves<TPower>(
        Vector256<double> v, Vector256<double> i, Vector256<double> threshold, Vector256<double> rest, Vector256<double> guess)
        where TPower : struct, IKnownPower
    {
        Vector256<double> most = Vector256<double>.One;
        Vector256<double> least = rest;
        Vector256<double> x = Vector256.MinNative(Vector256.MaxNative(guess, rest), most);
        Vector256<double> open = Vector256<double>.AllBitsSet;
        for (int step = 0; step < MaximumIterations; step++)
        {
            (Vector256<double> potential, Vector256<double> current) = Leaving<TPower>(x).Step(v, i);
            Vector256<double> miss = potential - threshold;
            Vector256<double> slope = potential - current;
            Vector256<double> twice = slope + slope;
            Vector256<double> next = x - x * (miss * twice) / (slope * twice + miss * current * _ratio);

            // Behind its maximum V has been at the threshold before, and the iteration would lead to where it falls below.
            Vector256<double> rising = Vector256.LessThan(slope, Vector256<double>.Zero);
            Vector256<double> below = Vector256.LessThan(miss, Vector256<double>.Zero) & rising;
            least = Choice.Of(below, least, x);
            most = Choice.Of(below, x, most);
            Vector256<double> inside = rising & Vector256.GreaterThanOrEqual(next, least) & Vector256.LessThanOrEqual(next, most);
            next = Choice.Of(inside, next, 0.5 * (least + most));

            // What has arrived stays: the result must not depend on its neighbours. Each step cubes the error: after one of
            // 3e-5 τs there is nothing left to gain.
            next = Choice.Of(open, next, x);
            open &= Vector256.GreaterThan(Vector256.Abs(next - x), next * (3e-5 * _inverseRatio));
            x = next;
            if (!Any(open))
            {
                break;
            }
        }

        return x;
    }

    private static bool Any(Vector256<double> mask) => mask.ExtractMostSignificantBits() != 0;

    /// <summary>What four stretches do; of x = exp(-s/τm) and -s/τm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SegmentDecays Of(Vector256<double> membrane, Vector256<double> exponent)
    {
        Vector256<double> synapse = _power > 0 ? Power<AnyPower>(membrane) : Vector256.Exp(exponent * _ratio);

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
    private Vector256<double> Power<TPower>(Vector256<double> x)
        where TPower : struct, IKnownPower
    {
        int power = TPower.Value == 0 ? _power : TPower.Value;
        Vector256<double> square = x * x;
        return power == 4 ? square * square : power == 2 ? square : Multiplied(x);
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

    /// <summary>V and I in single precision when x is left of the membrane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Potential<TPower>(Vector256<float> x, Vector256<float> v, Vector256<float> i, out Vector256<float> current)
        where TPower : struct, IKnownPower
    {
        Vector256<float> synapse, gain;
        if (TPower.Value > 0)
        {
            synapse = x * x;
            synapse = TPower.Value == 4 ? synapse * synapse : synapse;
            gain = (x - synapse) * (float)_gain;
        }
        else
        {
            SegmentDecays low = Leaving(Vector256.WidenLower(x)), high = Leaving(Vector256.WidenUpper(x));
            synapse = Vector256.Narrow(low.Synapse, high.Synapse);
            gain = Vector256.Narrow(low.CurrentIntoMembrane, high.CurrentIntoMembrane);
        }

        current = synapse * i;
        return x * v + gain * i;
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
