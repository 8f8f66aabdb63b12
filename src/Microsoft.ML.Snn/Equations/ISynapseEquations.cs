namespace Microsoft.ML.Snn;

/// <summary>A user's own synapse. Implement it by a struct whose fields are its parameters.</summary>
/// <remarks>
/// All synapses of one kind that lead to a neuron share one state s, because they add up: ds/dt =
/// <see cref="Derivatives"/>(s) is linear, and two weights that arrive together act as their sum arriving once. What was
/// said about <see cref="INeuronEquations"/> holds here too.
/// </remarks>
public interface ISynapseEquations
{
    /// <summary>Gets the number of state variables.</summary>
    /// <value>1 or 2, a constant.</value>
    int StateCount { get; }

    /// <summary>ds/dt per millisecond, linear in the state.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="state">The state s.</param>
    SynapseState<TLane> Derivatives<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane>;

    /// <summary>The state after a weight has arrived: the state plus the weight times a constant.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="state">The state before.</param>
    /// <param name="weight">The sum of the weights that arrive.</param>
    SynapseState<TLane> Arrive<TLane>(SynapseState<TLane> state, TLane weight)
        where TLane : struct, ILane<TLane>;

    /// <summary>What the synapses inject into the neuron.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="state">The state s.</param>
    TLane Current<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane>;
}
