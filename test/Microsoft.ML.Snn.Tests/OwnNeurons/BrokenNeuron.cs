namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A leaky neuron with one mistake.</summary>
internal readonly struct BrokenNeuron(Fault fault) : INeuronEquations
{
    public int StateCount => fault == Fault.StateCount ? 5 : 1;

    public NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => fault switch
        {
            Fault.StartsAboveThreshold => new(2f),
            Fault.HiddenVariable => new(0f, 1f),
            _ => default,
        };

    public NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>
    {
        TLane v = state.First;
        return fault switch
        {
            Fault.NotANumber => new((current - v) / TLane.Sqrt(0.5f - v)),
            Fault.Leap => new(TLane.SelectGreaterOrEqual(v, 0.5f, 0.01f, 0.1f) * current),
            Fault.IgnoresCurrent => new(-v),
            _ => new((current - v) / 10f),
        };
    }

    public TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => fault == Fault.FlatThreshold
            ? TLane.SelectGreaterOrEqual(state.First, 1f, 1f, -1f)
            : state.First - 1f;

    public NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => fault == Fault.NoReset ? state : default;
}
