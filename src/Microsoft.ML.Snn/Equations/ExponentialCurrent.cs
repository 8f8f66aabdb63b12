using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>The exponential synapse as equations, for a user's neuron: τs dI/dt = -I, and I += w at a spike.</summary>
internal readonly struct ExponentialCurrent(double time) : ISynapseEquations
{
    private readonly float _rate = (float)(1 / time);

    public int StateCount => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SynapseState<TLane> Derivatives<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane> => new(-state.First * _rate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SynapseState<TLane> Arrive<TLane>(SynapseState<TLane> state, TLane weight)
        where TLane : struct, ILane<TLane> => new(state.First + weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Current<TLane>(SynapseState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First;
}
