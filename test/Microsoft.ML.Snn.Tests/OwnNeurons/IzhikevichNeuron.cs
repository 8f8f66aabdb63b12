namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>dv/dt = 0.04·v² + 5·v + 140 - u + I, du/dt = a·(b·v - u); at v ≥ 30 mV: v ← c, u ← u + d.</summary>
/// <remarks>Source: Izhikevich, IEEE Trans. Neural Netw. 14:1569 (2003), regular spiking.</remarks>
internal struct IzhikevichNeuron() : INeuronEquations
{
    public float A = 0.02f;
    public float B = 0.2f;
    public float C = -65;
    public float D = 8;

    public readonly int StateCount => 2;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => new(-70f, -14f);

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>
    {
        var (v, u) = state;
        return new(0.04f * v * v + 5f * v + 140f - u + current, A * (B * v - u));
    }

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - 30f;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => new(C, state.Second + D);
}
