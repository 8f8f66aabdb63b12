namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A leaky neuron whose parameters have every type that a field may have, in an order that leaves gaps between them; four variables.</summary>
internal struct OddNeuron() : INeuronEquations
{
    public bool IsLeaky = true;
    public double MembraneTime = 12;
    public int Power = 2;
    public bool IsTraced = true;
    public float Height = 1;
    public double TraceTime = 30;

    public readonly int StateCount => 4;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => new(0f, 0.1f, 0f, 1f);

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>
    {
        var (v, trace, slow, scale) = state;
        TLane leak = IsLeaky ? v : 0f;
        return new(
            (scale * current - leak - trace) / (float)MembraneTime,
            IsTraced ? -trace / (float)TraceTime : 0f,
            (Power * v - slow) / 20f,
            0f);
    }

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First + 0.1f * state.Third - Height;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => new(0f, state.Second + 0.3f, state.Third, state.Fourth);
}
