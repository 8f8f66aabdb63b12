using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>The formula of <see cref="AdamEquations"/>, which says where it is from.</summary>
internal readonly struct AdamLanes<TLane>(TLane newMean, TLane newSquare, TLane rate, TLane rootScale, TLane epsilon, TLane kept)
    : IUpdateLanes<TLane>
    where TLane : struct, ILane<TLane>
{
    private readonly TLane _newMean = newMean;
    private readonly TLane _newSquare = newSquare;
    private readonly TLane _rate = rate;
    private readonly TLane _rootScale = rootScale;
    private readonly TLane _epsilon = epsilon;
    private readonly TLane _kept = kept;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Update(TLane weight, TLane gradient, ref TLane mean, ref TLane square)
    {
        // x + (1 - β)(y - x) rather than βx + (1 - β)y: the same value with one constant fewer in registers.
        mean = Denormal.Flush(mean + _newMean * (gradient - mean));
        square = Denormal.Flush(square + _newSquare * (gradient * gradient - square));
        return _kept * weight - _rate * mean / (TLane.Sqrt(square) * _rootScale + _epsilon);
    }
}
