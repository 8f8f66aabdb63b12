using System.Collections.Generic;
using System.Diagnostics;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Splits the time of one epoch into named phases.</summary>
internal sealed class PhaseClock
{
    private readonly Dictionary<string, double> _seconds = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Books the time since the last call on <paramref name="phase"/>.</summary>
    public void End(string phase)
    {
        long now = Stopwatch.GetTimestamp();
        _seconds[phase] = _seconds.GetValueOrDefault(phase) + Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
    }

    /// <summary>Ends the epoch; the time since the last phase is its rest.</summary>
    public EpochResult Stop()
    {
        End("rest");
        return new(Stopwatch.GetElapsedTime(_start, _last).TotalSeconds, _seconds);
    }
}
