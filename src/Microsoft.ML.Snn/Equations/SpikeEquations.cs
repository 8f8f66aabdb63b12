using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Threshold, reset and refractory period of a leaky integrate-and-fire neuron, and the adjoint jump at a spike.</summary>
/// <remarks>
/// <para>Forward: at V ≥ ϑ the neuron spikes, V takes its reset value and is held there for the refractory period;
/// I goes on.</para>
/// <para>Adjoint. Let the spike be at t and the release at r = t + refractory period. Moving the release by δ moves
/// V after it by -V'(r+)·δ = -(I(r) - Vreset)·δ/τm; moving the spike by δ moves its arrival at every target by δ.
/// Together, in units of the loss, dL/dt = push + error with push = λV(r+)·(I(r) - Vreset) and
/// error = Σ w·(λV - λI) of the targets. The spike moves by -τm/(I(t) - ϑ) per unit of V before it, hence
/// λV before the spike = (push + error)/(I(t) - ϑ), and λV = 0 while V is held. Without a refractory period r = t
/// and this is Wunderlich and Pehle's λV + [(ϑ - Vreset)·λV + error]/(I - ϑ).</para>
/// <para>Singular at I = ϑ, where the potential only grazes the threshold and no gradient exists: the slope I - ϑ
/// is kept at or above a limit, and the caller counts the spikes where that acts.</para>
/// <para>Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), Tables 1 and 2. ϑ threshold, λ lambda.</para>
/// </remarks>
internal readonly struct SpikeEquations
{
    // After a spike V becomes _kept·V + _offset: 0·V + Vreset, or V - (ϑ - Vreset).
    private readonly float _kept;
    private readonly float _offset;

    /// <summary>Prepares the equations; potentials in threshold units, the refractory period in steps.</summary>
    public SpikeEquations(float threshold, float reset, bool resetBySubtraction, int refractorySteps)
    {
        Threshold = threshold;
        _kept = resetBySubtraction ? 1 : 0;
        _offset = resetBySubtraction ? reset - threshold : reset;
        RefractorySteps = refractorySteps;
    }

    public readonly float Threshold;

    /// <summary>Whether V after a spike depends on V before it.</summary>
    public bool ResetsBySubtraction => _kept != 0;

    public readonly int RefractorySteps;

    /// <summary>Membrane potential after the reset, where it reached the threshold; unchanged elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane ResetWhereSpiking<TLane>(TLane v)
        where TLane : struct, ILane<TLane> => ResetWhereSpiking(v, TLane.Splat(Threshold));

    /// <summary>As above, with a threshold of each neuron's own. A reset by subtraction takes away ϑ - Vreset all the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane ResetWhereSpiking<TLane>(TLane v, TLane threshold)
        where TLane : struct, ILane<TLane>
    {
        TLane after = TLane.Splat(_kept) * v + TLane.Splat(_offset);
        return TLane.SelectGreaterOrEqual(v, threshold, after, v);
    }

    /// <summary>Synaptic current at the moment of the spike, which lies inside the step that found it.</summary>
    /// <remarks>
    /// The membrane is taken to cross the threshold on a straight line from <paramref name="vBefore"/> to
    /// <paramref name="vAfter"/>, and the current to decay on one. At a true crossing the current is above the
    /// threshold; the current at the end of the step need not be, and would turn the sign of the gradient.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane CurrentAtSpike<TLane>(TLane vBefore, TLane vAfter, TLane iBefore, TLane iAfter)
        where TLane : struct, ILane<TLane> => Between(iBefore, iAfter, Crossing(vBefore, vAfter, TLane.Splat(Threshold)));

    /// <summary>As above, for one neuron.</summary>
    public float CurrentAtSpike(float vBefore, float vAfter, float iBefore, float iAfter) =>
        CurrentAtSpike<FloatLane>(vBefore, vAfter, iBefore, iAfter).Value;

    /// <summary>The part of the step, 0 to 1, at which a straight line of the potential meets the threshold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Crossing<TLane>(TLane vBefore, TLane vAfter, TLane threshold)
        where TLane : struct, ILane<TLane>
    {
        TLane fraction = (threshold - vBefore) / (vAfter - vBefore);

        // A neuron released above its threshold spikes without crossing it.
        return TLane.Max(fraction, TLane.Splat(0));
    }

    /// <summary>As above, for one neuron.</summary>
    public static float Crossing(float vBefore, float vAfter, float threshold) =>
        Crossing<FloatLane>(vBefore, vAfter, threshold).Value;

    /// <summary>A value that moves on a straight line through the step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Between<TLane>(TLane before, TLane after, TLane fraction)
        where TLane : struct, ILane<TLane> => before + fraction * (after - before);

    /// <summary>As above, for one neuron.</summary>
    public static float Between(float before, float after, float fraction) => Between<FloatLane>(before, after, fraction).Value;

    /// <summary>What the release after a spike passes back to it, given its slope I(r) - V(r).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Push<TLane>(TLane lambdaV, TLane slopeAtRelease)
        where TLane : struct, ILane<TLane> => lambdaV * slopeAtRelease;

    /// <summary>As above, for one neuron.</summary>
    public static float Push(float lambdaV, float slopeAtRelease) => Push<FloatLane>(lambdaV, slopeAtRelease).Value;

    /// <summary>Slope I - ϑ at a spike, kept at or above <paramref name="grazingLimit"/>.</summary>
    public float Slope(float currentAtSpike, float grazingLimit) => LimitedSlope(currentAtSpike - Threshold, grazingLimit);

    /// <summary>A slope at a spike, kept at or above <paramref name="grazingLimit"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane LimitedSlope<TLane>(TLane slope, TLane grazingLimit)
        where TLane : struct, ILane<TLane> => TLane.SelectGreaterOrEqual(slope, grazingLimit, slope, grazingLimit);

    /// <summary>As above, for one neuron.</summary>
    public static float LimitedSlope(float slope, float grazingLimit) => LimitedSlope<FloatLane>(slope, grazingLimit).Value;

    /// <summary>∂L/∂V before a spike, given τm·∂L/∂t of the spike and its slope τm·dV/dt: the spike moves by -1/(dV/dt) per V.</summary>
    public static float DerivativeByPotential(float byTime, float slope) => -byTime / slope;

    /// <summary>Adjoint of the membrane potential just before a spike.</summary>
    public static float LambdaVBeforeSpike(float push, float error, float slope) =>
        LambdaVBeforeSpike<FloatLane>(push, error, slope).Value;

    /// <summary>As above, for the neurons of a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane LambdaVBeforeSpike<TLane>(TLane push, TLane error, TLane slope)
        where TLane : struct, ILane<TLane> => (push + error) / slope;

    /// <summary>The same as a line: λV before a spike is Factor·λV + Offset of what it was after it.</summary>
    /// <param name="slopeAtRelease">I(r) - V(r).</param>
    /// <param name="error">What the targets send back.</param>
    /// <param name="slope">Slope of the crossing, limited.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLane Factor, TLane Offset) LambdaVJump<TLane>(TLane slopeAtRelease, TLane error, TLane slope)
        where TLane : struct, ILane<TLane>
    {
        TLane inverse = TLane.Splat(1) / slope;
        return (slopeAtRelease * inverse, error * inverse);
    }
}
