using System;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What the output layer needs beside its weights, on the device.</summary>
internal sealed class DeviceOutput : IDisposable
{
    public DeviceOutput(Accelerator accelerator, NetworkProgram program, int batchSize)
    {
        OutputProgram output = program.Output;
        var weight = new float[program.Steps];
        for (int step = 0; step < program.Steps && output.IsWeightedSum; step++)
        {
            weight[step] = (float)ReadoutEquations.Weight(output.Readout, step, program.Steps, program.TimeStep);
        }

        ReadoutWeight = new DeviceBuffer<float>(accelerator);
        ReadoutWeight.Upload(weight);
        Probability = new DeviceBuffer<float>(accelerator, (long)batchSize * output.Units);
        long maxima = output.Readout == ReadoutKind.Maximum ? batchSize : 0;
        MaximumStep = new DeviceBuffer<int>(accelerator, maxima * output.Units);
        MaximumSlope = new DeviceBuffer<float>(accelerator, maxima * output.Units);
        MovedMaxima = new DeviceBuffer<float>(accelerator, maxima * program.Steps);
        Targets = new DeviceTargets(accelerator);
        Arrived = new DeviceBuffer<float>(accelerator, (long)batchSize * program.Steps * output.Units);
        Trace = new DeviceTrace(accelerator, batchSize, program.Steps, output.Units, sendsErrors: program.Hidden.Count > 0);
    }

    /// <summary>∂Y/∂V at the end of each step, shape [step].</summary>
    public DeviceBuffer<float> ReadoutWeight { get; }

    /// <summary>Scores, shape [slot, class].</summary>
    public DeviceBuffer<float> Probability { get; }

    /// <summary>Step of the maximum, shape [slot, class]; only for that readout.</summary>
    public DeviceBuffer<int> MaximumStep { get; }

    /// <summary>Slope at the maximum, shape [slot, class]; only for that readout.</summary>
    public DeviceBuffer<float> MaximumSlope { get; }

    /// <summary>∂L/∂t of spikes that move maxima, shape [slot, step]; only for that readout.</summary>
    public DeviceBuffer<float> MovedMaxima { get; }

    public DeviceTargets Targets { get; }

    /// <summary>What arrives at every step, shape [slot, step, class]; where steps are read, then their scores.</summary>
    public DeviceBuffer<float> Arrived { get; }

    public DeviceTrace Trace { get; }

    public void Dispose()
    {
        ReadoutWeight.Dispose();
        Probability.Dispose();
        MaximumStep.Dispose();
        MaximumSlope.Dispose();
        MovedMaxima.Dispose();
        Targets.Dispose();
        Arrived.Dispose();
        Trace.Dispose();
    }
}
