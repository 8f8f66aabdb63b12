using System;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The targets of a data set in device memory: uploaded once, read by every batch.</summary>
internal sealed class DeviceTargets : IDisposable
{
    private readonly DeviceBuffer<int> _class;
    private readonly DeviceBuffer<float> _value;
    private readonly DeviceBuffer<float> _share;
    private Targets? _source;

    public DeviceTargets(Accelerator accelerator)
    {
        _class = new DeviceBuffer<int>(accelerator);
        _value = new DeviceBuffer<float>(accelerator);
        _share = new DeviceBuffer<float>(accelerator);
    }

    public TargetViews Views => new()
    {
        Class = _class.View,
        Value = _value.View,
        Share = _share.View,
        Rows = _source?.Rows ?? 1,
        AreClasses = _source is { AreClasses: false } ? 0 : 1,
    };

    /// <summary>Uploads targets unless they are there.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="steps">Number of steps of a trial.</param>
    public void Take(Targets targets, int steps)
    {
        if (ReferenceEquals(_source, targets))
        {
            return;
        }

        var share = new float[targets.Count];
        for (int example = 0; example < share.Length; example++)
        {
            share[example] = LossEquations.StepShare(targets.Rows == 1 ? steps : targets[example].RowsWithLoss);
        }

        _source = targets;
        _class.Upload(targets.Classes);
        _value.Upload(targets.Values);
        _share.Upload(share);
    }

    public void Dispose()
    {
        _class.Dispose();
        _value.Dispose();
        _share.Dispose();
    }
}
