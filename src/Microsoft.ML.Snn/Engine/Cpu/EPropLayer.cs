using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>A hidden layer with the equations by which e-prop trains it.</summary>
internal sealed class EPropLayer
{
    public EPropLayer(NetworkProgram program, int index, EPropSettings settings, int stride)
    {
        Index = index;
        Hidden = program.Hidden[index];
        Stride = stride;
        Equations = settings.EquationsOf(program.Populations[index].Neuron, program.TimeStep);
        Rate = settings.RateEquations(program.TimeStep);
    }

    public int Index { get; }

    public HiddenProgram Hidden { get; }

    /// <summary>Number of neurons, padded to whole lanes.</summary>
    public int Stride { get; }

    public EPropEquations Equations { get; }

    public SpikeRateEquations Rate { get; }

    /// <summary>Its neurons, in the memory of one worker.</summary>
    public unsafe AdaptiveNeurons<TLane> Neurons<TLane>(CpuWeights weights, float* state, float* drive, int batchSize)
        where TLane : struct, ISimdLane<TLane> => new()
        {
            Membrane = Hidden.Membrane,
            Spike = Hidden.Spike,
            Adaptation = Hidden.Adaptation,
            EProp = Equations,
            Rate = Rate,
            BatchSize = batchSize,
            Stride = Stride,
            Input = weights[Hidden.Input],
            Recurrent = Hidden.Recurrent == null ? null : weights[Hidden.Recurrent],
            Drive = drive,
            State = state,
        };
}
