using System;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Regularisation of a neuron's firing rate in e-prop.</summary>
/// <remarks>
/// f̄(n) = r·f̄(n-1) + (1 - r)·z(n) with r = exp(-dt/τ) is the running rate in spikes per step; it begins at the target f*,
/// so that a trial that is shorter than τ is not taken for silence. Its term of the learning signal is
/// strength·(f̄(n) - f*). Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020), Methods, "Firing rate regularization".
/// </remarks>
internal readonly struct SpikeRateEquations
{
    private readonly float _decay;
    private readonly float _strength;

    /// <summary>Prepares one step; times in milliseconds, the target in spikes per second.</summary>
    public SpikeRateEquations(double timeStep, double targetHz, double strength, double averageTime)
    {
        Target = (float)(targetHz * timeStep * 1e-3);
        _decay = (float)Math.Exp(-timeStep / averageTime);
        _strength = (float)strength;
    }

    /// <summary>f*, in spikes per step.</summary>
    public readonly float Target;

    public bool IsActive => _strength != 0;

    /// <summary>f̄ after a step, where <paramref name="spikes"/> is 1 for a neuron that spiked and 0 for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Step<TLane>(TLane rate, TLane spikes)
        where TLane : struct, ILane<TLane> =>
        TLane.Splat(_decay) * rate + TLane.Splat(1 - _decay) * spikes;

    /// <summary>What the rate adds to the learning signal of one example of a batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Signal<TLane>(TLane rate, int batchSize)
        where TLane : struct, ILane<TLane> =>
        TLane.Splat(_strength / batchSize) * (rate - TLane.Splat(Target));
}
