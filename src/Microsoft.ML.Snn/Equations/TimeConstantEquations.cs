using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Derivative of the loss by the time constants of one neuron, from one step of <see cref="PopulationEquations"/>.</summary>
/// <remarks>
/// The step is linear in its coefficients: what it adds is p·(∂coefficient/∂τ)·state, with the adjoint p at the end of the step
/// and the state at its beginning, after the arrivals.
/// </remarks>
internal static class TimeConstantEquations
{
    /// <summary>What one group adds to ∂V/∂τm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ByMembraneTime(float intoMembrane, float firstIntoMembrane, float i, float j) =>
        intoMembrane * i + firstIntoMembrane * j;

    /// <summary>∂L/∂τs of one group.</summary>
    /// <param name="pv">∂L/∂V.</param>
    /// <param name="pi">∂L/∂I.</param>
    /// <param name="pj">∂L/∂J.</param>
    /// <param name="i">Current.</param>
    /// <param name="j">First stage.</param>
    /// <param name="group">What the step does.</param>
    /// <param name="by">Its derivative by τs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BySynapseTime(float pv, float pi, float pj, float i, float j, SynapseStep group, SynapseStep by) =>
        pv * (by.IntoMembrane * i + by.FirstIntoMembrane * j)
        + pi * (by.Decay * (i + group.Gain * j) + group.Decay * by.Gain * j)
        + pj * by.Decay * j;
}
