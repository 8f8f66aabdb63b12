using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Leaky integrate-and-fire neuron whose threshold rises at each of its spikes and falls back slowly.</summary>
/// <remarks>
/// <para>τm dV/dt = -V + I; at V ≥ ϑ + b·A a spike, then V takes its reset value (by subtraction: V falls by ϑ minus
/// reset) and A rises by 1; τa dA/dt = -A. The slow A is a memory over hundreds of milliseconds. Immutable.</para>
/// <para>Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020).</para>
/// </remarks>
public sealed record AdaptiveLeakyIntegrateFire : Neuron
{
    /// <summary>Gets the membrane time constant τm.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public double MembraneTime { get; init; } = 20;

    /// <summary>Gets the time constant τa with which the threshold falls back.</summary>
    /// <value>Milliseconds, above 0. The default is 2000.</value>
    public double AdaptationTime { get; init; } = 2000;

    /// <summary>Gets b, by which the threshold rises at each spike.</summary>
    /// <value>0 or more, in units of V. The default is 0.0174.</value>
    public double AdaptationStrength { get; init; } = 0.0174;

    internal override double LeakTime => MembraneTime;

    internal override AdaptationEquations Adaptation(double timeStep) => new(timeStep, AdaptationTime, AdaptationStrength);

    internal override NeuronProgram ToProgram(int refractorySteps) => base.ToProgram(refractorySteps) with
    {
        AdaptationTime = PerNeuron?.AdaptationTime ?? [AdaptationTime],
        AdaptationStrength = PerNeuron?.AdaptationStrength ?? [AdaptationStrength],
    };

    internal override void Validate()
    {
        Require.Positive(MembraneTime, "Typical values are 5 to 50 ms.");
        Require.Positive(AdaptationTime, "Typical values are 200 to 2000 ms.");
        Require.NotNegative(AdaptationStrength, "Typical values are 0.01 to 0.2 of the threshold.");
        base.Validate();
    }
}
