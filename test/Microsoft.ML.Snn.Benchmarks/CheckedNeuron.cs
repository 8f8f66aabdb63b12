namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>A quadratic neuron, τ dv/dt = a·v·(v - c) + I, whose c is learned: what a user's neuron makes of the kernels.</summary>
internal struct CheckedNeuron() : INeuronEquations
{
    public float MembraneTime = 10;
    public float Gain = 2;
    public float Critical = 0.5f;

    public readonly int StateCount => 2;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => new(0f, Critical);

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane> => new((Gain * state.First * (state.First - state.Second) + current) / MembraneTime, 0f);

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - 1.5f;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => new(-0.2f, state.Second);
}
