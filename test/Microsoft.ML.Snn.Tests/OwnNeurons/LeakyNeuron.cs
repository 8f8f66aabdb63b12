namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>The library's own leaky integrate-and-fire neuron, written as a user would.</summary>
internal struct LeakyNeuron() : INeuronEquations
{
    public float MembraneTime = 20;
    public float ResetPotential;

    public readonly int StateCount => 1;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => default;

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane> => new((current - state.First) / MembraneTime);

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - 1f;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => new(ResetPotential);
}
