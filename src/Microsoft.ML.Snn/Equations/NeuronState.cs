namespace Microsoft.ML.Snn;

/// <summary>Up to four state variables of a neuron, or their derivatives. Those not named are 0.</summary>
/// <typeparam name="TLane">The lane.</typeparam>
/// <param name="first">First variable.</param>
/// <param name="second">Second variable.</param>
/// <param name="third">Third variable.</param>
/// <param name="fourth">Fourth variable.</param>
public readonly struct NeuronState<TLane>(TLane first, TLane second, TLane third, TLane fourth)
    where TLane : struct, ILane<TLane>
{
    /// <summary>A state of one variable.</summary>
    /// <param name="first">First variable.</param>
    public NeuronState(TLane first)
        : this(first, TLane.Splat(0), TLane.Splat(0), TLane.Splat(0))
    {
    }

    /// <summary>A state of two variables.</summary>
    /// <param name="first">First variable.</param>
    /// <param name="second">Second variable.</param>
    public NeuronState(TLane first, TLane second)
        : this(first, second, TLane.Splat(0), TLane.Splat(0))
    {
    }

    /// <summary>A state of three variables.</summary>
    /// <param name="first">First variable.</param>
    /// <param name="second">Second variable.</param>
    /// <param name="third">Third variable.</param>
    public NeuronState(TLane first, TLane second, TLane third)
        : this(first, second, third, TLane.Splat(0))
    {
    }

    /// <summary>Gets the first variable.</summary>
    public TLane First { get; } = first;

    /// <summary>Gets the second variable.</summary>
    public TLane Second { get; } = second;

    /// <summary>Gets the third variable.</summary>
    public TLane Third { get; } = third;

    /// <summary>Gets the fourth variable.</summary>
    public TLane Fourth { get; } = fourth;

    /// <summary>Takes a state of two variables apart.</summary>
    /// <param name="first">First variable.</param>
    /// <param name="second">Second variable.</param>
    public void Deconstruct(out TLane first, out TLane second) => (first, second) = (First, Second);

    /// <summary>Takes a state of three variables apart.</summary>
    /// <param name="first">First variable.</param>
    /// <param name="second">Second variable.</param>
    /// <param name="third">Third variable.</param>
    public void Deconstruct(out TLane first, out TLane second, out TLane third) =>
        (first, second, third) = (First, Second, Third);

    /// <summary>Takes a state of four variables apart.</summary>
    /// <param name="first">First variable.</param>
    /// <param name="second">Second variable.</param>
    /// <param name="third">Third variable.</param>
    /// <param name="fourth">Fourth variable.</param>
    public void Deconstruct(out TLane first, out TLane second, out TLane third, out TLane fourth) =>
        (first, second, third, fourth) = (First, Second, Third, Fourth);
}
