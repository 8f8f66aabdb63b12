using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>What one example of a batch leaves behind in its forward pass: spikes, readouts, loss.</summary>
internal sealed unsafe class ExactSlot : IDisposable
{
    private readonly NativeBuffer<float> _outputs;
    private readonly int _outputCount;

    public ExactSlot(NetworkProgram program)
    {
        _outputCount = program.Output.Units;
        Tapes = [.. Enumerable.Range(0, program.Hidden.Count + 1).Select(_ => new EventTape())];
        Stretches = [.. Tapes.Select(_ => new StretchTable())];
        RecurrentMoments = [.. program.Hidden.Select(layer => layer.Recurrent == null ? null : new MomentTable())];
        _outputs = new NativeBuffer<float>(2L * _outputCount);
        Moments = new OutputMoments(_outputCount);
    }

    /// <summary>The input, then the spikes of each hidden layer.</summary>
    public EventTape[] Tapes { get; }

    /// <summary>What lies between the events of each tape, for the layer that they reach.</summary>
    public StretchTable[] Stretches { get; }

    /// <summary>What happens when in each hidden layer that is recurrent; null for the others.</summary>
    public MomentTable?[] RecurrentMoments { get; }

    public OutputMoments Moments { get; }

    /// <summary>Readouts Y; unused for first spikes. Shape [output].</summary>
    public float* Readout => _outputs.Pointer;

    /// <summary>∂L/∂Y. Shape [output].</summary>
    public float* LossByReadout => _outputs.Pointer + _outputCount;

    public Span<float> Readouts => new(Readout, _outputCount);

    public Span<float> LossByReadouts => new(LossByReadout, _outputCount);

    public double Loss { get; set; }

    /// <summary>Number of right decisions.</summary>
    public int Correct { get; set; }

    public int Grazing { get; set; }

    public void Dispose()
    {
        Array.ForEach(Tapes, tape => tape.Dispose());
        Array.ForEach(Stretches, table => table.Dispose());
        Array.ForEach(RecurrentMoments, table => table?.Dispose());
        _outputs.Dispose();
        Moments.Dispose();
    }
}
