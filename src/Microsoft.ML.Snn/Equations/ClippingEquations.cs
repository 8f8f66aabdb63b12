using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Limits the length of the whole gradient and keeps its direction.</summary>
/// <remarks>g := g·min(1, M/‖g‖). Source: Pascanu, Mikolov and Bengio, ICML (2013), Algorithm 1.</remarks>
/// <param name="MaximumNorm">M: above 0, or infinite where nothing is limited.</param>
internal readonly record struct ClippingEquations(float MaximumNorm)
{
    /// <summary>Whether a gradient may be limited at all, so that its norm is needed before any weight changes.</summary>
    public bool IsActive => MaximumNorm > 0 && MaximumNorm < float.PositiveInfinity;

    /// <summary>What the gradient is multiplied by: 1, or less where its norm is above the maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scale(float norm) => norm > MaximumNorm ? MaximumNorm / norm : 1;
}
