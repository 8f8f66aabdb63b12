using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What one example leaves behind in its forward pass: spikes, readouts, loss.</summary>
internal sealed unsafe class GraphSlot : IDisposable
{
    public GraphSlot(NetworkProgram program, int laneWidth)
    {
        Tapes = [.. program.Populations.Select(p => new GraphTape(p.Neuron.IsSpiking ? p.Units : 0))];
        Traces = [.. program.Populations.Select(p => new NativeBuffer<float>(TraceLength(program, p, laneWidth)))];
        Readouts = [.. program.Populations.Where(p => p.Readout != null).Select(p => RecordOf(program, p, laneWidth))];
    }

    /// <summary>Spikes of each population; empty where it does not spike.</summary>
    public GraphTape[] Tapes { get; }

    /// <summary>What was read from each output.</summary>
    public OutputRecord[] Readouts { get; }

    /// <summary>State of each population at every step; empty unless a time constant of it is learned.</summary>
    public NativeBuffer<float>[] Traces { get; }

    public int Grazing { get; set; }

    public void Dispose()
    {
        Array.ForEach(Tapes, tape => tape.Dispose());
        Array.ForEach(Readouts, readout => readout.Dispose());
        Array.ForEach(Traces, trace => trace.Dispose());
    }

    private static OutputRecord RecordOf(NetworkProgram program, PopulationProgram output, int laneWidth) => new(
        output.Units, output.KeepsSteps ? program.Steps : 0, laneWidth,
        output.Readout == ReadoutKind.FirstSpikeTime ? output.FirstSpike : null);

    private static long TraceLength(NetworkProgram program, PopulationProgram population, int laneWidth)
    {
        LearnedParameters learned = population.Neuron.Learned & (LearnedParameters.MembraneTime | LearnedParameters.SynapseTime);
        return learned == LearnedParameters.None
            ? 0
            : (long)program.Steps * (1 + 2 * population.Groups.Count) * CpuWeights.Padded(population.Units, laneWidth);
    }
}
