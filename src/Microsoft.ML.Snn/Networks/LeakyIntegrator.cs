using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Output neuron that integrates and leaks but never spikes: τm dV/dt = -V + I. Immutable.</summary>
public sealed record LeakyIntegrator
{
    /// <summary>Gets the membrane time constant τm.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public double MembraneTime { get; init; } = 20;

    /// <summary>Gets a constant current into the neuron.</summary>
    /// <value>In units of the weights. The default is 0. <see cref="EProp"/> takes one that is learned.</value>
    public double Bias { get; init; }

    /// <summary>Gets which of these numbers are learned, starting from what is given here.</summary>
    /// <value>The default is none; a threshold there is none. <see cref="EProp"/> learns <see cref="LearnedParameters.Bias"/> only.</value>
    public LearnedParameters Learned { get; init; }

    internal bool IsPlain => Bias == 0 && Learned == LearnedParameters.None;

    internal NeuronProgram ToProgram() => new() { IsSpiking = false, MembraneTime = [MembraneTime], Bias = [Bias], Learned = Learned & ~LearnedParameters.Threshold };

    internal void Validate()
    {
        Require.Positive(MembraneTime, "Typical values are 5 to 50 ms.");
        Require.Finite(Bias, "Use for example 0.");
    }
}
