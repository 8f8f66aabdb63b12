namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A leaky soma and a leaky dendrite; input arrives at the dendrite, the soma spikes and alone is reset.</summary>
/// <remarks>τs dv/dt = -v + g·(w - v), τd dw/dt = -w + g·(v - w) + I; at v ≥ 1 a spike, v ← 0.</remarks>
internal struct TwoCompartmentNeuron() : INeuronEquations
{
    public float SomaTime = 10;
    public float DendriteTime = 5;
    public float Coupling = 1.5f;

    public readonly int StateCount => 2;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => default;

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>
    {
        var (soma, dendrite) = state;
        return new(
            (Coupling * (dendrite - soma) - soma) / SomaTime,
            (Coupling * (soma - dendrite) - dendrite + current) / DendriteTime);
    }

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - 1f;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => new(0f, state.Second);
}
