using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>State of the one layer that a worker runs at a time. It stays in the first-level cache.</summary>
internal sealed unsafe class ExactScratch : IDisposable
{
    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<double> _reached;
    private readonly NativeBuffer<int> _touched;
    private readonly int _stride;

    public ExactScratch(NetworkProgram program, int laneWidth)
    {
        _stride = CpuWeights.Padded(
            program.Hidden.Select(hidden => hidden.Units).Append(program.Output.Units).Max(), laneWidth);
        _values = new NativeBuffer<float>((2L + LayerScratch.GradientRows) * _stride + 2 * laneWidth);
        _reached = new NativeBuffer<double>(_stride);
        _touched = new NativeBuffer<int>(_stride);
    }

    /// <summary>Potential V, or λV in the backward pass.</summary>
    public float* V => _values.Pointer;

    /// <summary>Current I, or λI in the backward pass.</summary>
    public float* I => _values.Pointer + _stride;

    /// <summary>Gradient of the weight rows of one job.</summary>
    public float* Gradient => _values.Pointer + 2 * _stride;

    /// <summary>Two lanes for the neurons that are followed one by one.</summary>
    public float* Lanes => Gradient + LayerScratch.GradientRows * _stride;

    /// <summary>Down to which time the adjoint of a neuron has come, where that is not the layer's time; NaN elsewhere.</summary>
    public double* Reached => _reached.Pointer;

    /// <summary>Neurons whose adjoint has gone ahead of the layer.</summary>
    public int* Touched => _touched.Pointer;

    /// <summary>Spikes of one stretch of time before they are sorted.</summary>
    public SpikeSorter Sorter { get; } = new();

    public void Dispose()
    {
        _values.Dispose();
        _reached.Dispose();
        _touched.Dispose();
        Sorter.Dispose();
    }
}
