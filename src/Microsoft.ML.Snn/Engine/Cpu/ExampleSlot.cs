using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What one example of a batch leaves behind in its forward pass: spikes, readouts, loss.</summary>
internal sealed class ExampleSlot : IDisposable
{
    public ExampleSlot(NetworkProgram program, int laneWidth)
    {
        Tapes = [.. program.Hidden.Select(hidden => new SpikeTape(program.Steps, hidden.Units))];
        Output = new OutputRecord(program.Output.Units, program.Output.KeepsSteps ? program.Steps : 0, laneWidth);
    }

    /// <summary>Spikes of each hidden layer.</summary>
    public SpikeTape[] Tapes { get; }

    /// <summary>What was read.</summary>
    public OutputRecord Output { get; }

    public int Grazing { get; set; }

    public void Dispose()
    {
        Array.ForEach(Tapes, tape => tape.Dispose());
        Output.Dispose();
    }
}
