namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>Exponential integrate-and-fire, with synapses that open a conductance g: τ dv/dt = -v + Δ·exp((v - vT)/Δ) + g·(E - v).</summary>
/// <remarks>
/// The third variable is no state but the parameter vT, so that it has a gradient.
/// Source: Fourcaud-Trocmé et al., J. Neurosci. 23:11628 (2003).
/// </remarks>
internal struct ConductanceNeuron() : INeuronEquations
{
    public float MembraneTime = 10;
    public float Sharpness = 0.2f;
    public float Reversal = 3;
    public float Soft = 0.8f;

    public readonly int StateCount => 2;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => new(0f, Soft);

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>
    {
        var (v, soft) = state;
        TLane onset = Sharpness * TLane.Exp((v - soft) / Sharpness);
        return new((onset - v + current * (Reversal - v)) / MembraneTime, 0f);
    }

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - 1.5f;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => new(0f, state.Second);
}
