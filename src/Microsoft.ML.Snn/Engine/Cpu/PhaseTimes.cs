using System.Diagnostics;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>How long the phases of all batches took.</summary>
internal sealed class PhaseTimes
{
    private long _forward;
    private long _backward;
    private long _update;
    private long _gather;
    private long _apply;

    /// <summary>Wall time of the forward passes in seconds.</summary>
    public double Forward => Seconds(_forward);

    /// <summary>Wall time of the backward passes, and beside them the sorting of the spikes by weight row.</summary>
    public double Backward => Seconds(_backward);

    /// <summary>Wall time of gathering the gradient.</summary>
    public double Reduce => Seconds(_update) * GatherShare;

    /// <summary>Wall time of the optimiser.</summary>
    public double Optimiser => Seconds(_update) * (1 - GatherShare);

    /// <summary>Both are done row by row on every thread; the caller's own thread tells their shares.</summary>
    private double GatherShare => _gather + _apply == 0 ? 0 : (double)_gather / (_gather + _apply);

    /// <summary>Adds one batch, in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long forward, long backward, long update)
    {
        _forward += forward;
        _backward += backward;
        _update += update;
    }

    /// <summary>Adds one job of the update, in ticks of <see cref="Stopwatch"/>.</summary>
    public void AddUpdate(long gather, long apply)
    {
        _gather += gather;
        _apply += apply;
    }

    private static double Seconds(long ticks) => Stopwatch.GetElapsedTime(0, ticks).TotalSeconds;
}
