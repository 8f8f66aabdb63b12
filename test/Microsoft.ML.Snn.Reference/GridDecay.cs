using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>The factors of one step of one layer.</summary>
/// <param name="Membrane">α = exp(-dt/τm).</param>
/// <param name="Synapse">β = exp(-dt/τs).</param>
/// <param name="CurrentIntoMembrane">κ = (dt/τm) overlap, forward.</param>
/// <param name="MembraneIntoCurrent">κ2 = (dt/τs) overlap, in the adjoint.</param>
internal readonly record struct GridDecay(
    double Membrane, double Synapse, double CurrentIntoMembrane, double MembraneIntoCurrent)
{
    public static GridDecay Of(ReferenceLayer layer, double timeStep)
    {
        double a = timeStep / layer.MembraneTime;
        double b = timeStep / layer.SynapseTime;
        double overlap = ExponentialOverlap.Of(a, b);
        return new(Math.Exp(-a), Math.Exp(-b), a * overlap, b * overlap);
    }
}
