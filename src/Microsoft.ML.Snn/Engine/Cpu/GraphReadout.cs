using System;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What was read from one output in one trial.</summary>
internal sealed unsafe class GraphReadout : IDisposable
{
    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<int> _maximumStep;
    private readonly int _units;
    private readonly int _stride;

    public GraphReadout(int units, int laneWidth)
    {
        (_units, _stride) = (units, CpuWeights.Padded(units, laneWidth));
        _values = new NativeBuffer<float>(3L * _stride);
        _maximumStep = new NativeBuffer<int>(_stride);
    }

    /// <summary>Readouts Y, then class probabilities. Shape [output], padded.</summary>
    public float* Values => _values.Pointer;

    /// <summary>∂L/∂Y. Shape [output]; the padding is 0.</summary>
    public float* LossByReadout => _values.Pointer + _stride;

    /// <summary>Slope I - V at the maximum of each output. Shape [output], padded.</summary>
    public float* MaximumSlope => _values.Pointer + 2 * _stride;

    /// <summary>Step that ended at the maximum of each output. Shape [output], padded.</summary>
    public int* MaximumStep => _maximumStep.Pointer;

    public Span<float> Outputs => new(Values, _units);

    public Span<float> OutputDerivatives => new(LossByReadout, _units);

    public void Dispose()
    {
        _values.Dispose();
        _maximumStep.Dispose();
    }
}
