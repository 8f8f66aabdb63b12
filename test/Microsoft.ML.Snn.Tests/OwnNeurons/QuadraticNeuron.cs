namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>Quadratic integrate-and-fire: τ dv/dt = a·v·(v - vc) + I; the spike begins by itself above vc.</summary>
/// <remarks>Source: Ermentrout and Kopell, SIAM J. Appl. Math. 46:233 (1986).</remarks>
internal struct QuadraticNeuron() : INeuronEquations
{
    public float MembraneTime = 10;
    public float Gain = 2;
    public float Critical = 0.5f;
    public float Peak = 1.5f;
    public float ResetPotential = -0.2f;

    public readonly int StateCount => 1;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => default;

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>
    {
        TLane v = state.First;
        return new((Gain * v * (v - Critical) + current) / MembraneTime);
    }

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - Peak;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => new(ResetPotential);
}
