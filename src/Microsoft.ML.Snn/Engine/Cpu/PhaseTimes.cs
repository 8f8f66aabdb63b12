using System;
using System.Diagnostics;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>How long the phases of all batches took, in wall time.</summary>
internal sealed class PhaseTimes
{
    private long _forward;
    private long _backward;
    private long _update;

    public TimeSpan Forward => Stopwatch.GetElapsedTime(0, _forward);

    /// <summary>Backward passes, and beside them the sorting of the spikes by weight row.</summary>
    public TimeSpan Backward => Stopwatch.GetElapsedTime(0, _backward);

    /// <summary>Gathering the gradient and applying the optimiser.</summary>
    public TimeSpan Update => Stopwatch.GetElapsedTime(0, _update);

    /// <summary>Adds one batch, in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long forward, long backward, long update)
    {
        _forward += forward;
        _backward += backward;
        _update += update;
    }
}
