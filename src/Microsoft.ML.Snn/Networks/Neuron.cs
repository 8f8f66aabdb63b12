using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>A neuron that sends a spike when its membrane potential V reaches its threshold. Immutable.</summary>
/// <remarks>
/// <see cref="LeakyIntegrateFire"/>, <see cref="AdaptiveLeakyIntegrateFire"/> and <see cref="IntegrateFire"/> say how V moves between
/// spikes.
/// </remarks>
public abstract record Neuron
{
    private protected Neuron()
    {
    }

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

    /// <summary>Gets a constant current into the neuron.</summary>
    /// <value>In units of the threshold. The default is 0.</value>
    public double Bias { get; init; }

    /// <summary>Gets numbers that differ from neuron to neuron.</summary>
    /// <value>They take the place of the numbers that hold for all; null where all neurons are alike.</value>
    public PerNeuron? PerNeuron { get; init; }

    /// <summary>Gets which of these numbers are learned, starting from what is given here.</summary>
    /// <value>The default is none. <see cref="EventProp"/> learns all of them, <see cref="EProp"/> a <see cref="LearnedParameters.Bias"/>.</value>
    public LearnedParameters Learned { get; init; }

    /// <summary>A neuron of the user's own: dynamics, threshold and reset are the methods of a struct.</summary>
    /// <typeparam name="TNeuron">The struct. Its fields, numbers all, are saved with the model, together with its name.</typeparam>
    /// <param name="equations">The struct with its parameters.</param>
    /// <param name="subSteps">
    /// Runge-Kutta steps of order 4 per time step, 1 to 1000. More are needed where the state changes fast against a time step.
    /// </param>
    /// <param name="timeConstant">
    /// Time in milliseconds over which the neuron forgets. It only gives spike-count regularisation and
    /// <c>EventProp.GrazingLimit</c> the scale that they have for a leaky neuron of that membrane time constant.
    /// </param>
    /// <param name="learned">
    /// Which of its numbers are learned beside the weights, each neuron its own; by default none. Trained with EventProp.
    /// </param>
    /// <remarks>
    /// The gradient needs the state at every step: memory is steps times neurons times state variables for each example
    /// that is being trained. Leave <see cref="Threshold"/>, <see cref="Reset"/>, <see cref="ResetMode"/> and
    /// <see cref="Bias"/> alone: they are the struct's. In a <see cref="RefractoryPeriod"/> the whole state is held at what
    /// <see cref="INeuronEquations.Reset"/> made of it, while synapses go on. Check new equations with <see cref="GradientCheck"/>.
    /// </remarks>
    /// <exception cref="System.ArgumentException">A field of the struct is no number.</exception>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="System.InvalidOperationException">The equations are inconsistent; the message says how.</exception>
    public static Neuron Custom<TNeuron>(
        TNeuron equations, int subSteps = 1, double timeConstant = 20, System.Collections.Generic.IReadOnlyList<LearnedNumber>? learned = null)
        where TNeuron : unmanaged, INeuronEquations
    {
        var neuron = new CustomNeuron<TNeuron>(equations, subSteps, timeConstant) { Numbers = [.. learned ?? []] };
        neuron.Validate();
        return neuron;
    }

    /// <summary>Whether it is the neuron that every engine knows.</summary>
    internal virtual bool IsPlain => false;

    /// <summary>Time constant with which V leaks, in milliseconds.</summary>
    internal abstract double LeakTime { get; }

    /// <summary>How the threshold follows the spikes; by default it does not.</summary>
    internal virtual AdaptationEquations Adaptation(double timeStep) => default;

    /// <summary>The numbers of the neuron.</summary>
    internal virtual NeuronProgram ToProgram(int refractorySteps) => new()
    {
        MembraneTime = PerNeuron?.MembraneTime ?? [LeakTime],
        Threshold = PerNeuron?.Threshold ?? [Threshold],
        Bias = PerNeuron?.Bias ?? [Bias],
        Reset = [Reset],
        Learned = Learned,
        ResetBySubtraction = ResetMode == ResetMode.Subtraction,
        RefractorySteps = refractorySteps,
    };

    internal virtual void Validate()
    {
        Require.Positive(Threshold, "The usual threshold is 1; scale the weights instead.");
        Require.Below(Reset, Threshold, "The reset must lie below the threshold; the usual value is 0.");
        Require.Defined(ResetMode, "Use ResetMode.Absolute.");
        Require.NotNegative(RefractoryPeriod, "Typical values are 0 to 5 ms.");
        Require.Finite(Bias, "Use for example 0.");
        PerNeuron?.Validate(Reset, this is AdaptiveLeakyIntegrateFire);
    }
}
