using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>What one example of a batch leaves behind in its forward pass: spikes, readouts, loss.</summary>
internal sealed unsafe class ExactSlot : IDisposable
{
    private readonly NativeBuffer<float> _outputs;
    private readonly int _classes;

    public ExactSlot(NetworkProgram program)
    {
        _classes = program.Output.Units;
        Tapes = [.. Enumerable.Range(0, program.Hidden.Count + 1).Select(_ => new EventTape())];
        _outputs = new NativeBuffer<float>(2L * _classes);
        Moments = new OutputMoments(_classes);
    }

    /// <summary>The input, then the spikes of each hidden layer.</summary>
    public EventTape[] Tapes { get; }

    public OutputMoments Moments { get; }

    /// <summary>Readouts Y, then class probabilities. Shape [class].</summary>
    public float* Readout => _outputs.Pointer;

    /// <summary>∂L/∂Y. Shape [class]; for readouts that are integrals.</summary>
    public float* LossByReadout => _outputs.Pointer + _classes;

    public Span<float> Probabilities => new(Readout, _classes);

    public double Loss { get; set; }

    public bool IsCorrect { get; set; }

    public int Grazing { get; set; }

    public void Dispose()
    {
        Array.ForEach(Tapes, tape => tape.Dispose());
        _outputs.Dispose();
        Moments.Dispose();
    }
}
