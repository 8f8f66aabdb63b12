namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A synapse that a second weight moves less than the first: weights do not add up.</summary>
internal readonly struct SaturatingSynapse : ISynapseEquations
{
    public int StateCount => 1;

    public SynapseState<TLane> Derivatives<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane> => new(-state.First / 5f);

    public SynapseState<TLane> Arrive<TLane>(SynapseState<TLane> state, TLane weight)
        where TLane : struct, ILane<TLane> => new(state.First + weight * (1f - state.First));

    public TLane Current<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First;
}
