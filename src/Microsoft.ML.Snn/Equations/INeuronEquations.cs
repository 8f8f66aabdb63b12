namespace Microsoft.ML.Snn;

/// <summary>A user's own neuron: dynamics, threshold and reset. Implement it by a struct whose fields are its parameters.</summary>
/// <remarks>
/// <para>Between spikes dx/dt = <see cref="Derivatives"/>(x, I), with x the state and I what the synapses inject. When
/// <see cref="Threshold"/>(x) reaches 0 from below the neuron spikes, and its state becomes <see cref="Reset"/>(x).</para>
/// <para>Nothing is said about gradients: the adjoint for EventProp is derived from these methods by running them on
/// <see cref="Dual{TLane}"/> numbers. <see cref="GradientCheck"/> compares it with central differences.</para>
/// <para>The same struct runs in SIMD lanes on a CPU and one by one in a GPU kernel. So its fields are plain numbers, and
/// its methods make only operations of <see cref="ILane{TLane}"/>: no branch on a state, no object, no exception, no
/// lambda or local function that captures a variable.</para>
/// <para>A number that is to be learned, such as a bias, is a state variable with derivative 0 that <see cref="Reset"/> leaves
/// alone: the gradient by its initial value is the gradient by the number. <see cref="LearnedNumber"/> names it.</para>
/// <para>Units are the user's own, but for time: it is in milliseconds.</para>
/// </remarks>
public interface INeuronEquations
{
    /// <summary>Gets the number of state variables.</summary>
    /// <value>1 to 4, a constant.</value>
    int StateCount { get; }

    /// <summary>The state at the begin of a trial, below the threshold.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane>;

    /// <summary>dx/dt per millisecond.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="state">The state x.</param>
    /// <param name="current">What the synapses inject: a current, or a conductance where the neuron treats it as one.</param>
    NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>;

    /// <summary>A number that reaches 0 from below when the neuron spikes: the potential minus its threshold.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="state">The state x.</param>
    TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane>;

    /// <summary>The state just after a spike.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="state">The state at the spike.</param>
    NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane>;
}
