using System;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>A threshold that rises at each spike of its neuron and falls back: θ = ϑ + b·A, A := ρ·A + z, ρ = exp(-dt/τa).</summary>
/// <remarks>
/// In step n the threshold is tested with the A of all spikes before step n; a spike found there raises A for step n + 1.
/// Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020), the model of
/// adaptive neurons (ALIF).
/// </remarks>
internal readonly struct AdaptationEquations
{
    /// <summary>Prepares one step; times in milliseconds, the strength b in units of V.</summary>
    public AdaptationEquations(double timeStep, double adaptationTime, double strength) =>
        (Decay, Strength) = ((float)Math.Exp(-timeStep / adaptationTime), (float)strength);

    /// <summary>ρ.</summary>
    public readonly float Decay;

    /// <summary>b; 0 where the threshold stays.</summary>
    public readonly float Strength;

    public bool IsActive => Strength != 0;

    /// <summary>θ = ϑ + b·A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Threshold<TLane>(float threshold, TLane adaptation)
        where TLane : struct, ILane<TLane> =>
        TLane.Splat(threshold) + TLane.Splat(Strength) * adaptation;

    /// <summary>A after a step, where <paramref name="spikes"/> is 1 for a neuron that spiked and 0 for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Step<TLane>(TLane adaptation, TLane spikes)
        where TLane : struct, ILane<TLane> =>
        TLane.Splat(Decay) * adaptation + spikes;
}
