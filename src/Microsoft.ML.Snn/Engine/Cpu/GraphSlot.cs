using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What one example leaves behind in its forward pass: spikes, readouts, loss.</summary>
internal sealed unsafe class GraphSlot : IDisposable
{
    public GraphSlot(NetworkProgram program, int laneWidth)
    {
        Tapes = [.. program.Populations.Select(p => new GraphTape(p.Neuron.IsSpiking ? p.Units : 0))];
        Readouts = [.. program.Populations.Where(p => p.Readout != null).Select(p => new OutputRecord(p.Units, p.KeepsSteps ? program.Steps : 0, laneWidth))];
    }

    /// <summary>Spikes of each population; empty where it does not spike.</summary>
    public GraphTape[] Tapes { get; }

    /// <summary>What was read from each output.</summary>
    public OutputRecord[] Readouts { get; }

    public int Grazing { get; set; }

    public void Dispose()
    {
        Array.ForEach(Tapes, tape => tape.Dispose());
        Array.ForEach(Readouts, readout => readout.Dispose());
    }
}
