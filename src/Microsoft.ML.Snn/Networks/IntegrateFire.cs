using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Integrate-and-fire neuron: the membrane potential V keeps what arrives, a spike is sent when it reaches the threshold.</summary>
/// <remarks>τ dV/dt = I; at V ≥ threshold a spike, then V takes its reset value. Immutable.</remarks>
public sealed record IntegrateFire : Neuron
{
    /// <summary>Gets the time τ in which a current of 1 raises the potential by 1.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public double IntegrationTime { get; init; } = 20;

    internal override double LeakTime => IntegrationTime;

    internal override NeuronProgram ToProgram(int refractorySteps) => base.ToProgram(refractorySteps) with { IsLeaky = false };

    internal override void Validate()
    {
        Require.Positive(IntegrationTime, "Typical values are 5 to 50 ms.");
        base.Validate();
    }
}
