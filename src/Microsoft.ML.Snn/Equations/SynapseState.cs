namespace Microsoft.ML.Snn;

/// <summary>One or two state variables of the synapses of a neuron, or their derivatives. One not named is 0.</summary>
/// <typeparam name="TLane">The lane.</typeparam>
/// <param name="first">First variable.</param>
/// <param name="second">Second variable.</param>
public readonly struct SynapseState<TLane>(TLane first, TLane second)
    where TLane : struct, ILane<TLane>
{
    /// <summary>A state of one variable.</summary>
    /// <param name="first">First variable.</param>
    public SynapseState(TLane first)
        : this(first, TLane.Splat(0))
    {
    }

    /// <summary>Gets the first variable.</summary>
    public TLane First { get; } = first;

    /// <summary>Gets the second variable.</summary>
    public TLane Second { get; } = second;

    /// <summary>Takes a state of two variables apart.</summary>
    /// <param name="first">First variable.</param>
    /// <param name="second">Second variable.</param>
    public void Deconstruct(out TLane first, out TLane second) => (first, second) = (First, Second);
}
