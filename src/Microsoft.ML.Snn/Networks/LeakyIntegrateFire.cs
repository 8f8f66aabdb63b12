using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Leaky integrate-and-fire neuron: the membrane potential V leaks, a spike is sent when it reaches the threshold.</summary>
/// <remarks>τm dV/dt = -V + I; at V ≥ threshold a spike, then V takes its reset value. Immutable.</remarks>
public sealed record LeakyIntegrateFire
{
    /// <summary>Gets the membrane time constant τm.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public double MembraneTime { get; init; } = 20;

    /// <summary>Gets the membrane potential at which the neuron spikes.</summary>
    /// <value>Above <see cref="Reset"/> and above 0. The default is 1.</value>
    public double Threshold { get; init; } = 1;

    /// <summary>Gets the membrane potential after a spike.</summary>
    /// <value>Below <see cref="Threshold"/>. The default is 0.</value>
    public double Reset { get; init; }

    /// <summary>Gets how the membrane potential is reset.</summary>
    /// <value>The default is <see cref="ResetMode.Absolute"/>.</value>
    public ResetMode ResetMode { get; init; } = ResetMode.Absolute;

    /// <summary>Gets how long the potential is held at its reset value after a spike.</summary>
    /// <value>Milliseconds, 0 or more, rounded to whole steps. The default is 0.</value>
    public double RefractoryPeriod { get; init; }

    internal NeuronProgram ToProgram(int refractorySteps) => new()
    {
        MembraneTime = [MembraneTime],
        Threshold = [Threshold],
        Reset = [Reset],
        ResetBySubtraction = ResetMode == ResetMode.Subtraction,
        RefractorySteps = refractorySteps,
    };

    internal void Validate()
    {
        Require.Positive(MembraneTime, "Typical values are 5 to 50 ms.");
        Require.Positive(Threshold, "The usual threshold is 1; scale the weights instead.");
        Require.Inside(Reset, double.MinValue, Threshold, "The reset must lie below the threshold; the usual value is 0.");
        Require.Defined(ResetMode, "Use ResetMode.Absolute.");
        Require.NotNegative(RefractoryPeriod, "Typical values are 0 to 5 ms.");
    }
}
