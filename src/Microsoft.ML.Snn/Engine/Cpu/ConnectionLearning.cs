using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What learning needs for one connection beside its weights: who spiked, what came back, the optimiser's moments.</summary>
internal sealed unsafe class ConnectionLearning(ConnectionProgram connection, int stride) : IDisposable
{
    public ConnectionProgram Connection { get; } = connection;

    public EventIndex Index { get; } = new(connection.Rows);

    /// <summary>The whole gradient of the last batch; empty unless it is kept.</summary>
    public NativeBuffer<float> KeptGradient { get; } = new(0);

    public NativeBuffer<float> Mean { get; } = new((long)connection.Rows * stride);

    public NativeBuffer<float> Square { get; } = new((long)connection.Rows * stride);

    /// <summary>Presynaptic events of each example of the batch.</summary>
    public EventList[] Events { get; set; } = [];

    public int Stride { get; } = stride;

    /// <summary>Rows of the trace per example: the number of steps, or 1 for a constant current.</summary>
    public int Segments { get; set; }

    /// <summary>λI of the postsynaptic layer, shape [example, segment, neuron].</summary>
    public float* Trace { get; set; }

    /// <summary>What turns a sum of λI into the gradient.</summary>
    public float Scale { get; set; }

    /// <summary>
    /// Sums of λI that the slices of a batch have left, each of the shape of the weights and <see cref="SliceDistance"/> floats after
    /// the one before; null where they are gathered from a trace. Empty again after the update.
    /// </summary>
    public float* Slices { get; set; }

    /// <summary>Number of floats between two slices.</summary>
    public long SliceDistance { get; set; }

    /// <summary>Number of slices of the batch.</summary>
    public int SliceCount { get; set; }

    /// <summary>The gradient, shape as the weights, where it was computed on the way and nothing is left to gather; else null.</summary>
    public float* Computed { get; set; }

    public void Dispose()
    {
        Index.Dispose();
        KeptGradient.Dispose();
        Mean.Dispose();
        Square.Dispose();
    }
}
