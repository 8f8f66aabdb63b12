using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>What a spike does to its target. Immutable.</summary>
/// <remarks>There are <see cref="ExponentialSynapse"/>, <see cref="AlphaSynapse"/> and <see cref="DeltaSynapse"/>.</remarks>
public abstract record Synapse
{
    private protected Synapse()
    {
    }

    /// <summary>One step of a leaky membrane behind this synapse; times in milliseconds.</summary>
    internal abstract MembraneEquations Into(double membraneTime, double timeStep);

    /// <summary>The current that this synapse shares with all like it.</summary>
    internal abstract CurrentGroup Group { get; }

    internal abstract void Validate();
}
