using System;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>
/// e-prop: an approximate gradient of spiking networks from local traces and an error broadcast from the output. Immutable.
/// </summary>
/// <remarks>
/// <para>Trains stacks of dense layers of <see cref="LeakyIntegrateFire"/> and <see cref="AdaptiveLeakyIntegrateFire"/> neurons behind
/// <see cref="ExponentialSynapse"/> or <see cref="DeltaSynapse"/>, recurrent or not, with every setting below; and graphs of all neurons,
/// synapses and connections of the library, sparse and rewired ones too, and examples of their own length, event-driven with symmetric or
/// random feedback. Of a graph it learns weights and biases, not delays or time constants. The loss is that of the task, or the one that the output names,
/// taken of the output membranes at every time step and averaged, whatever the readout that scores a trial.</para>
/// <para>Where <see cref="EventProp"/> needs spikes to learn from, e-prop also moves neurons that are near their threshold.</para>
/// <para>Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020).</para>
/// </remarks>
public sealed record EProp : LearningAlgorithm
{
    /// <summary>Gets how the gradient is computed.</summary>
    /// <value>The default is <see cref="EPropMode.EventDriven"/>, which is many times faster.</value>
    public EPropMode Mode { get; init; }

    /// <summary>Gets by which weights the error of the output reaches the hidden neurons.</summary>
    /// <value>The default is <see cref="EPropFeedback.Symmetric"/>, which needs a connection from every spiking population to an output: one hidden layer of a stack, which may be recurrent, or any number in a graph.</value>
    public EPropFeedback Feedback { get; init; }

    /// <summary>Gets the share by which output weights and adaptive feedback shrink at every update, so that they become alike.</summary>
    /// <value>At least 0 and below 1. The default is 0.0001. It acts only on <see cref="EPropFeedback.Adaptive"/>.</value>
    public double FeedbackDecay { get; init; } = 1e-4;

    /// <summary>Gets γ, the height of the pseudo-derivative of a spike by the membrane potential, in units of 1/threshold.</summary>
    /// <value>Above 0. The default is 0.3.</value>
    public double Damping { get; init; } = 0.3;

    /// <summary>Gets the firing rate that regularisation wants of each hidden neuron.</summary>
    /// <value>Spikes per second, 0 or more. The default is 10. It acts only where a strength is set.</value>
    public double RateTarget { get; init; } = 10;

    /// <summary>Gets the strength of the regularisation of firing rates.</summary>
    /// <value>
    /// 0 or more. The default is 0: none. It multiplies the difference from the target in spikes per step, beside errors
    /// whose mean over the steps is the loss.
    /// </value>
    public double RateStrength { get; init; }

    /// <summary>Gets the time constant of the running average of a neuron's firing rate.</summary>
    /// <value>Milliseconds, above 0. The default is 500.</value>
    public double RateTime { get; init; } = 500;

    internal override string SilenceHint => RateStrength == 0
        ? ", or set EProp.RateStrength and EProp.RateTarget."
        : ", or raise EProp.RateTarget.";

    internal override string DivergenceHint => "";

    internal override void Validate()
    {
        Require.Defined(Mode, "Use EPropMode.EventDriven.");
        Require.Defined(Feedback, "Use EPropFeedback.Symmetric.");
        Require.Inside(FeedbackDecay, 0, 1, "Typical values are 0.00001 to 0.001.");
        Require.Positive(Damping, "The usual value is 0.3.");
        Require.NotNegative(RateTarget, "Typical values are 5 to 20 spikes per second.");
        Require.NotNegative(RateStrength, "Use 0 to switch regularisation off.");
        Require.Positive(RateTime, "Typical values are 100 to 1000 ms.");
    }

    internal override NetworkEngine CreateEngine(
        NetworkProgram program, int batchSize, int threads, int? gpuDeviceId, bool fallbackToCpu, int seed, Action<string> log) =>
        EngineFactory.CreateEProp(program, SettingsFor(seed), batchSize, threads, gpuDeviceId, fallbackToCpu, log);

    internal override LearningStep StepFor(NetworkProgram program) => default;

    internal EPropSettings SettingsFor(int seed) => new()
    {
        Mode = Mode,
        Feedback = Feedback,
        FeedbackDecay = FeedbackDecay,
        Damping = Damping,
        RateTarget = RateTarget,
        RateStrength = RateStrength,
        RateTime = RateTime,
        Seed = seed,
    };
}
