using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Synapse without a current of its own: a spike adds the weight to the membrane potential at once. Immutable.</summary>
/// <remarks>
/// On the time grid V := α·V + Σ w, α = exp(-dt/τm): what arrives in a step is there in full at its end. Source: Bellec,
/// Scherr et al., Nat. Commun. 11:3625 (2020), the model of leaky
/// integrate-and-fire neurons (LIF).
/// </remarks>
public sealed record DeltaSynapse : Synapse
{
    /// <summary>The synapse in words.</summary>
    public override string ToString() => "delta synapse";

    internal override MembraneEquations Into(double membraneTime, double timeStep) =>
        MembraneEquations.WithoutCurrent(timeStep, membraneTime);

    internal override CurrentGroup Group => new(SynapseKind.Delta, 0);

    internal override void Validate()
    {
    }
}
