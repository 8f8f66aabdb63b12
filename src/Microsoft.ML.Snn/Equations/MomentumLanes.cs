using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>The formula of <see cref="MomentumEquations"/>, which says where it is from.</summary>
internal readonly struct MomentumLanes<TLane>(TLane rate, TLane momentum, TLane weightDecay, TLane ofMean, TLane ofGradient)
    : IUpdateLanes<TLane>
    where TLane : struct, ILane<TLane>
{
    private readonly TLane _rate = rate;
    private readonly TLane _momentum = momentum;
    private readonly TLane _weightDecay = weightDecay;
    private readonly TLane _ofMean = ofMean;
    private readonly TLane _ofGradient = ofGradient;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Update(TLane weight, TLane gradient, ref TLane first, ref TLane second)
    {
        gradient += _weightDecay * weight;
        first = Denormal.Flush(_momentum * first + gradient);
        return weight - _rate * (_ofMean * first + _ofGradient * gradient);
    }
}
