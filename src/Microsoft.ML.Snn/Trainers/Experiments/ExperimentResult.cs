using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>What an experiment found.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed class ExperimentResult<TMetrics>
    where TMetrics : class
{
    internal ExperimentResult(IReadOnlyList<RunDetail<TMetrics>> runDetails, RunDetail<TMetrics> bestRun, bool wasCancelled)
    {
        RunDetails = runDetails;
        BestRun = bestRun;
        WasCancelled = wasCancelled;
    }

    /// <summary>Gets all runs in order, those that failed included.</summary>
    public IReadOnlyList<RunDetail<TMetrics>> RunDetails { get; }

    /// <summary>Gets the run with the best metric.</summary>
    public RunDetail<TMetrics> BestRun { get; }

    /// <summary>Gets whether the experiment was cancelled before its end.</summary>
    public bool WasCancelled { get; }
}
