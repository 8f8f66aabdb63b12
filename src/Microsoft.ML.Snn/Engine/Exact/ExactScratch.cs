using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>State of the one layer that a worker runs at a time. It stays in the first-level cache.</summary>
internal sealed unsafe class ExactScratch : IDisposable
{
    private readonly NativeBuffer<double> _reached;
    private readonly NativeBuffer<int> _touched;

    public ExactScratch(NetworkProgram program, int laneWidth)
    {
        Layer = new LayerScratch(program, laneWidth);
        int largest = CpuWeights.Padded(
            program.Hidden.Select(hidden => hidden.Units).Append(program.Output.Units).Max(), laneWidth);
        _reached = new NativeBuffer<double>(largest);
        _touched = new NativeBuffer<int>(largest);
    }

    /// <summary>The memory that the engines have in common.</summary>
    public LayerScratch Layer { get; }

    /// <summary>Potential V, or λV in the backward pass.</summary>
    public float* V => Layer.V;

    /// <summary>Current I, or λI in the backward pass.</summary>
    public float* I => Layer.I;

    /// <summary>The adjoints of neurons that have gone ahead, two numbers each; the gradient has no use of its room yet.</summary>
    public float* Ahead => Layer.Gradient;

    /// <summary>Two lanes for the neurons that are followed one by one.</summary>
    public float* Lanes => Layer.Spiking;

    /// <summary>Down to which time the adjoint of a neuron has come, where that is not the layer's time; NaN elsewhere.</summary>
    public double* Reached => _reached.Pointer;

    /// <summary>Neurons whose adjoint has gone ahead of the layer.</summary>
    public int* Touched => _touched.Pointer;

    /// <summary>Spikes of one stretch of time before they are sorted.</summary>
    public SpikeSorter Sorter { get; } = new();

    public void Dispose()
    {
        Layer.Dispose();
        _reached.Dispose();
        _touched.Dispose();
        Sorter.Dispose();
    }
}
