using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>What an experiment with cross-validation found.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed class CrossValidationExperimentResult<TMetrics>
    where TMetrics : class
{
    internal CrossValidationExperimentResult(
        IReadOnlyList<CrossValidationRunDetail<TMetrics>> runDetails, CrossValidationRunDetail<TMetrics> bestRun, bool wasCancelled)
    {
        RunDetails = runDetails;
        BestRun = bestRun;
        WasCancelled = wasCancelled;
    }

    /// <summary>Gets all runs in order, those that failed included.</summary>
    public IReadOnlyList<CrossValidationRunDetail<TMetrics>> RunDetails { get; }

    /// <summary>Gets the run with the best mean metric.</summary>
    public CrossValidationRunDetail<TMetrics> BestRun { get; }

    /// <summary>Gets whether the experiment was cancelled before its end.</summary>
    public bool WasCancelled { get; }
}
