namespace Microsoft.ML.Snn;

/// <summary>Leaky integrate-and-fire neuron: the membrane potential V leaks, a spike is sent when it reaches the threshold.</summary>
/// <remarks>τm dV/dt = -V + I; at V ≥ threshold a spike, then V takes its reset value. Immutable.</remarks>
public sealed record LeakyIntegrateFire : Neuron
{
    /// <summary>Gets the membrane time constant τm.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public double MembraneTime { get; init; } = 20;

    internal override bool IsPlain => Bias == 0 && PerNeuron is null && Learned == LearnedParameters.None;

    internal override double LeakTime => MembraneTime;

    internal override void Validate()
    {
        Require.Positive(MembraneTime, "Typical values are 5 to 50 ms.");
        base.Validate();
    }
}
