using System;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>One weight matrix in device memory with its gradient and the optimiser's moments, shape [row, column] each.</summary>
internal sealed class DeviceConnection(Accelerator accelerator, ConnectionProgram program) : IDisposable
{
    public ConnectionProgram Program { get; } = program;

    public DeviceBuffer<float> Weights { get; } = new(accelerator, (long)program.Rows * program.Columns);

    /// <summary>The gradient of the last batch, once <see cref="HasGradient"/> is set.</summary>
    public DeviceBuffer<float> Gradient { get; } = new(accelerator);

    public bool HasGradient { get; private set; }

    public DeviceBuffer<float> Mean { get; } = new(accelerator, (long)program.Rows * program.Columns);

    public DeviceBuffer<float> Square { get; } = new(accelerator, (long)program.Rows * program.Columns);

    /// <summary>What an engine's state holds of this connection, in the order of the CPU engine.</summary>
    public DeviceBuffer<float>[] State => [Weights, Mean, Square];

    /// <summary>Makes room for the gradient of a batch.</summary>
    public void KeepGradient()
    {
        Gradient.Grow((long)Program.Rows * Program.Columns);
        HasGradient = true;
    }

    public void Dispose()
    {
        Weights.Dispose();
        Gradient.Dispose();
        Mean.Dispose();
        Square.Dispose();
    }
}
