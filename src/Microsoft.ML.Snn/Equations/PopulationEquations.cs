using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>One step of a population whose neurons have their own numbers, and its adjoint in plain derivatives.</summary>
/// <remarks>
/// <para>The coefficients are those of <see cref="StepCoefficients"/>. The step is linear, so that the derivatives
/// p = ∂L/∂state go back through its transpose: what V takes from I with weight κ, p_I takes from p_V with κ.</para>
/// <para>In the notation of Wunderlich and Pehle p_V = -τm·λV and p_I = -τs·λI: a weight's gradient is p at the
/// arrival of a spike, and -(dx/dt of what the arrival added)·p is the derivative by the arrival's time.</para>
/// </remarks>
internal static class PopulationEquations
{
    /// <summary>Lets an exponential synapse's current act for one step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exponential<TLane>(ref TLane v, ref TLane i, TLane decay, TLane intoMembrane)
        where TLane : struct, ILane<TLane>
    {
        v += intoMembrane * i;
        i = decay * i;
    }

    /// <summary>Adjoint of <see cref="Exponential"/>; <paramref name="pv"/> is that after the step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ExponentialBack<TLane>(TLane pv, ref TLane pi, TLane decay, TLane intoMembrane)
        where TLane : struct, ILane<TLane> => pi = decay * pi + intoMembrane * pv;

    /// <summary>Lets an alpha synapse act for one step.</summary>
    /// <param name="v">Potential.</param>
    /// <param name="i">Current.</param>
    /// <param name="j">First stage, at which spikes arrive.</param>
    /// <param name="decay">e^(-dt/τs).</param>
    /// <param name="intoMembrane">κ.</param>
    /// <param name="firstIntoMembrane">κ₂.</param>
    /// <param name="gain">dt/τs.</param>
    /// <typeparam name="TLane">The lane.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Alpha<TLane>(
        ref TLane v, ref TLane i, ref TLane j, TLane decay, TLane intoMembrane, TLane firstIntoMembrane, TLane gain)
        where TLane : struct, ILane<TLane>
    {
        v += intoMembrane * i + firstIntoMembrane * j;
        i = decay * (i + gain * j);
        j = decay * j;
    }

    /// <summary>Adjoint of <see cref="Alpha"/>; <paramref name="pv"/> is that after the step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AlphaBack<TLane>(
        TLane pv, ref TLane pi, ref TLane pj, TLane decay, TLane intoMembrane, TLane firstIntoMembrane, TLane gain)
        where TLane : struct, ILane<TLane>
    {
        pj = decay * (pj + gain * pi) + firstIntoMembrane * pv;
        pi = decay * pi + intoMembrane * pv;
    }

    /// <summary>The threshold of a step, θ = ϑ + b·A; moves A to the next step, without the spikes of this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane AdaptThreshold<TLane>(TLane threshold, TLane strength, TLane decay, ref TLane adaptation)
        where TLane : struct, ILane<TLane>
    {
        TLane now = threshold + strength * adaptation;
        adaptation = decay * adaptation;
        return now;
    }

    /// <summary>The potential after the reset, where it reached the threshold of the step; unchanged elsewhere.</summary>
    /// <param name="v">Potential.</param>
    /// <param name="threshold">The threshold of the step.</param>
    /// <param name="rest">The threshold at rest, which a reset by subtraction takes away.</param>
    /// <param name="reset">Where a reset leads to.</param>
    /// <param name="bySubtraction">Whether the reset is by subtraction.</param>
    /// <typeparam name="TLane">The lane.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Reset<TLane>(TLane v, TLane threshold, TLane rest, TLane reset, bool bySubtraction)
        where TLane : struct, ILane<TLane> =>
        TLane.SelectGreaterOrEqual(v, threshold, bySubtraction ? v + (reset - rest) : reset, v);

    /// <summary>
    /// ∂L/∂t of the arrival of a weight of 1 that raises x, which decays at the rate 1/τ and feeds y at the rate 1/τ'.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane ArrivalError<TLane>(TLane px, TLane rate, TLane py, TLane rateIntoNext)
        where TLane : struct, ILane<TLane> => rate * px - rateIntoNext * py;
}
