using System;
using Microsoft.ML.Snn.Engine.Cpu;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>The one moment of a trial that each output is read at: its first spike, or where its potential is largest.</summary>
internal sealed unsafe class OutputMoments(int outputs) : IDisposable
{
    private readonly NativeBuffer<double> _time = new(3L * outputs);
    private readonly NativeBuffer<float> _values = new(4L * outputs);
    private readonly NativeBuffer<int> _arrival = new(outputs);

    /// <summary>Milliseconds since the start of the trial.</summary>
    public double* Time => _time.Pointer;

    /// <summary>Time of the first spike, which for a silent output lies after the end of the trial.</summary>
    public double* SpikeTime => _time.Pointer + outputs;

    /// <summary>Synaptic current at the first spike; NaN where the output is read at its maximum.</summary>
    public float* Current => _values.Pointer;

    /// <summary>The largest potential, where the output is read at its maximum.</summary>
    public float* Maximum => _values.Pointer + outputs;

    /// <summary>Slope I - V just before the arrival that ended the rise.</summary>
    public float* Slope => _values.Pointer + 2 * outputs;

    /// <summary>Derivative of the loss by the time of the first spike, or by the largest potential.</summary>
    public float* Loss => _values.Pointer + 3 * outputs;

    /// <summary>The arrival that ended the rise to the maximum, or -1 where V turned by itself or was still rising at the end.</summary>
    public int* Arrival => _arrival.Pointer;

    /// <summary>Derivative of the loss by the times of the first spikes, for one example of weight 1. Shape [output].</summary>
    public Span<double> LossByTimes => new(_time.Pointer + 2 * outputs, outputs);

    public Span<double> SpikeTimes => new(SpikeTime, outputs);

    public void Dispose()
    {
        _time.Dispose();
        _values.Dispose();
        _arrival.Dispose();
    }
}
