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

    /// <summary>A synapse of the user's own, for neurons of <see cref="Neuron.Custom"/>.</summary>
    /// <typeparam name="TSynapse">The struct. Its fields, numbers all, are saved with the model, together with its name.</typeparam>
    /// <param name="equations">The struct with its parameters.</param>
    /// <exception cref="System.ArgumentException">A field of the struct is no number.</exception>
    /// <exception cref="System.ArgumentOutOfRangeException">The current after a spike does not decay.</exception>
    /// <exception cref="System.InvalidOperationException">The equations are inconsistent; the message says how.</exception>
    public static Synapse Custom<TSynapse>(TSynapse equations)
        where TSynapse : unmanaged, ISynapseEquations
    {
        var synapse = new CustomSynapse<TSynapse>(equations);
        synapse.Validate();
        return synapse;
    }

    /// <summary>One step of a leaky membrane behind this synapse; times in milliseconds.</summary>
    internal abstract MembraneEquations Into(double membraneTime, double timeStep);

    /// <summary>The current that this synapse shares with all like it.</summary>
    internal abstract CurrentGroup Group { get; }

    internal abstract void Validate();
}
