using System;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What the backward pass of one layer writes for others, in device memory.</summary>
/// <param name="accelerator">The device.</param>
/// <param name="batchSize">The largest batch.</param>
/// <param name="steps">Number of steps of a trial.</param>
/// <param name="units">Number of neurons.</param>
/// <param name="sendsErrors">Whether the layer before are neurons, which receive errors.</param>
internal sealed class DeviceTrace(Accelerator accelerator, int batchSize, int steps, int units, bool sendsErrors) : IDisposable
{
    private readonly DeviceBuffer<float> _lambdaI = new(accelerator);
    private readonly DeviceBuffer<float> _sum = new(accelerator);
    private readonly DeviceBuffer<float> _difference =
        new(accelerator, sendsErrors ? (long)batchSize * steps * units : 0);

    private bool _writesSteps;
    private bool _writesSum;

    public TraceViews Views => new()
    {
        LambdaI = _lambdaI.View,
        Sum = _sum.View,
        Difference = _difference.View,
        WritesSteps = _writesSteps ? 1 : 0,
        WritesSum = _writesSum ? 1 : 0,
        WritesDifference = sendsErrors ? 1 : 0,
    };

    /// <summary>Makes room for λI in the form that the layer's connections read.</summary>
    /// <param name="needsSum">Whether a constant current arrives.</param>
    /// <param name="needsSteps">Whether spikes arrive.</param>
    public void Plan(bool needsSum, bool needsSteps)
    {
        (_writesSum, _writesSteps) = (needsSum, needsSteps);
        _sum.Grow(needsSum ? (long)batchSize * units : 0);
        _lambdaI.Grow(needsSteps ? (long)batchSize * steps * units : 0);
    }

    public void Dispose()
    {
        _lambdaI.Dispose();
        _sum.Dispose();
        _difference.Dispose();
    }
}
