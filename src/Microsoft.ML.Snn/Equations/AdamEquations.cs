using System;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>One update of Adam, or of AdamW if there is weight decay.</summary>
/// <remarks>
/// m := β1·m + (1 - β1)·g,  v := β2·v + (1 - β2)·g²,  w := (1 - η·λ)·w - η·m̂/(√v̂ + ε) with m̂ = m/(1 - β1^k) and
/// v̂ = v/(1 - β2^k) at update k. Sources: Kingma and Ba, ICLR (2015), Algorithm 1; the decay λ beside the gradient, not
/// in it: Loshchilov and Hutter, ICLR (2019), Algorithm 2, with λ relative to the learning rate.
/// </remarks>
internal readonly struct AdamEquations
{
    private readonly float _beta1;
    private readonly float _beta2;
    private readonly float _rate;
    private readonly float _rootScale;
    private readonly float _epsilon;
    private readonly float _kept;

    /// <summary>Prepares update number <paramref name="update"/>, counted from 1.</summary>
    public AdamEquations(
        double learningRate, double beta1, double beta2, double epsilon, long update, double weightDecay = 0)
    {
        _beta1 = (float)beta1;
        _beta2 = (float)beta2;
        _rate = (float)(learningRate / (1 - Math.Pow(beta1, update)));
        _rootScale = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, update)));
        _epsilon = (float)epsilon;
        _kept = (float)(1 - learningRate * weightDecay);
    }

    /// <summary>Whether a weight without gradient and moments stays as it is: it does unless it decays.</summary>
    public bool LeavesAtRest => _kept == 1;

    /// <summary>The update with its numbers in every element of a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AdamLanes<TLane> OnLanes<TLane>()
        where TLane : struct, ILane<TLane> => new(1 - _beta1, 1 - _beta2, _rate, _rootScale, _epsilon, _kept);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Update<TLane>(TLane weight, TLane gradient, ref TLane mean, ref TLane square)
        where TLane : struct, ILane<TLane> => OnLanes<TLane>().Update(weight, gradient, ref mean, ref square);
}
