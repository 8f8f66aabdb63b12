using System.Collections.Generic;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A quadratic neuron all of whose equations depend on numbers that are learned: τ dv/dt = a·v·(v - vc) + I + b.</summary>
/// <remarks>vc and the bias b are in the dynamics, the peak is in threshold and reset. <see cref="TuningFault"/> breaks a rule.</remarks>
internal struct TunableNeuron() : INeuronEquations
{
    public float MembraneTime = 10;
    public float Gain = 2;
    public float Critical = 0.5f;
    public float Bias = 0.05f;
    public float Peak = 1.5f;
    public int Fault;

    public static IReadOnlyList<LearnedNumber> Learned =>
        [new LearnedNumber("Critical", 2, 0.2, 1), new LearnedNumber("Bias", 3, -0.5, 0.5), new LearnedNumber("Peak", 4, 1.1, 4)];

    public readonly int StateCount => 4;

    public readonly NeuronState<TLane> Initial<TLane>()
        where TLane : struct, ILane<TLane> => new(TLane.Splat(0), TLane.Splat(Critical), TLane.Splat(Bias), TLane.Splat(Peak));

    public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
        where TLane : struct, ILane<TLane>
    {
        var (v, critical, bias, _) = state;
        TLane rate = (Gain * v * (v - critical) + current + bias) / MembraneTime;
        return Fault == (int)TuningFault.Moves ? new(rate, rate) : new(rate);
    }

    public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => state.First - state.Fourth;

    public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
        where TLane : struct, ILane<TLane> => Fault == (int)TuningFault.Forgets
            ? new(-0.15f * state.Fourth)
            : new(-0.15f * state.Fourth, state.Second, state.Third, state.Fourth);
}
