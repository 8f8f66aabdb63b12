namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A synapse whose current rises before it decays: τr dr/dt = -r, τd dI/dt = -I + r; r += w at a spike.</summary>
internal struct RiseAndDecaySynapse() : ISynapseEquations
{
    public float RiseTime = 2;
    public float DecayTime = 6;

    public readonly int StateCount => 2;

    public readonly SynapseState<TLane> Derivatives<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane>
    {
        var (rise, current) = state;
        return new(-rise / RiseTime, (rise - current) / DecayTime);
    }

    public readonly SynapseState<TLane> Arrive<TLane>(SynapseState<TLane> state, TLane weight)
        where TLane : struct, ILane<TLane> => new(state.First + 3f * weight, state.Second);

    public readonly TLane Current<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane> => state.Second;
}
