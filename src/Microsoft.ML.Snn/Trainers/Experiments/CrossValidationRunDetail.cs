using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>What an experiment with cross-validation did in one of its runs.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed class CrossValidationRunDetail<TMetrics>
    where TMetrics : class
{
    private readonly RunDetail<TMetrics> _run;

    internal CrossValidationRunDetail(RunDetail<TMetrics> run) => _run = run;

    /// <inheritdoc cref="RunDetail{TMetrics}.Run"/>
    public int Run => _run.Run;

    /// <inheritdoc cref="RunDetail{TMetrics}.TrainerName"/>
    public string TrainerName => _run.TrainerName;

    /// <inheritdoc cref="RunDetail{TMetrics}.Settings"/>
    public SnnTrialSettings? Settings => _run.Settings;

    /// <inheritdoc cref="RunDetail{TMetrics}.Estimator"/>
    public IEstimator<ITransformer> Estimator => _run.Estimator;

    /// <summary>Gets how long the run took, all folds together.</summary>
    /// <value>Seconds.</value>
    public double RuntimeInSeconds => _run.RuntimeInSeconds;

    /// <summary>Gets the mean over the folds of the metric that the experiment optimises, or NaN where a fold failed.</summary>
    public double Score => _run.Score;

    /// <summary>Gets the result of each fold.</summary>
    public IReadOnlyList<TrainResult<TMetrics>> Results => _run.Results;

    /// <inheritdoc cref="RunDetail{TMetrics}.WasCutShort"/>
    public bool WasCutShort => _run.WasCutShort;
}
