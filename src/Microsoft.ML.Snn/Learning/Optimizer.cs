using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>How a gradient becomes a change of the weights. Immutable; <see cref="Adam"/> is the one there is.</summary>
public abstract record Optimizer
{
    private protected Optimizer()
    {
    }

    internal abstract void Validate();

    internal abstract AdamEquations AtUpdate(long update);
}
