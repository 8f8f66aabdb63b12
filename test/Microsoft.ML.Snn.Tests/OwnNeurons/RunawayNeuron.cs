namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A potential that runs to minus infinity where it never meets the threshold.</summary>
internal readonly struct RunawayNeuron : INeuronEquations
{
    public int StateCount => 1;

    public NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => default;

    public NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane> => new(-state.First * state.First * 10f - current * current);

    public TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - 1f;

    public NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => default;
}
