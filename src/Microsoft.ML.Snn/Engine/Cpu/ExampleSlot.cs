using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What one example of a batch leaves behind in its forward pass: spikes, readouts, loss.</summary>
internal sealed unsafe class ExampleSlot : IDisposable
{
    private readonly NativeBuffer<float> _outputs;
    private readonly NativeBuffer<int> _maximumStep;
    private readonly int _classes;
    private readonly int _stride;

    public ExampleSlot(NetworkProgram program, int laneWidth)
    {
        _classes = program.Output.Units;
        _stride = CpuWeights.Padded(_classes, laneWidth);
        Tapes = [.. program.Hidden.Select(hidden => new SpikeTape(program.Steps, hidden.Units))];
        _outputs = new NativeBuffer<float>(3L * _stride);
        _maximumStep = new NativeBuffer<int>(_stride);
    }

    /// <summary>Spikes of each hidden layer.</summary>
    public SpikeTape[] Tapes { get; }

    /// <summary>Readouts Y, then class probabilities. Shape [class], padded.</summary>
    public float* Readout => _outputs.Pointer;

    /// <summary>∂L/∂Y. Shape [class]; the padding is 0.</summary>
    public float* LossByReadout => _outputs.Pointer + _stride;

    /// <summary>Slope I - V at the maximum of each output. Shape [class], padded.</summary>
    public float* MaximumSlope => _outputs.Pointer + 2 * _stride;

    /// <summary>Step that ended at the maximum of each output. Shape [class], padded.</summary>
    public int* MaximumStep => _maximumStep.Pointer;

    public Span<float> Probabilities => new(Readout, _classes);

    public float Loss { get; set; }

    public bool IsCorrect { get; set; }

    public int Grazing { get; set; }

    public void Dispose()
    {
        Array.ForEach(Tapes, tape => tape.Dispose());
        _outputs.Dispose();
        _maximumStep.Dispose();
    }
}
