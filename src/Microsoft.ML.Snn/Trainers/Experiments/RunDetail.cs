using System;
using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>What an experiment did in one of its runs.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed class RunDetail<TMetrics>
    where TMetrics : class
{
    private readonly List<TrainResult<TMetrics>> _results = [];

    internal RunDetail(int run, string trainerName, SnnTrialSettings? settings, IEstimator<ITransformer> estimator)
    {
        Run = run;
        TrainerName = trainerName;
        Settings = settings;
        Estimator = estimator;
    }

    /// <summary>Gets the number of the run, counted from 1.</summary>
    public int Run { get; }

    /// <summary>Gets the name of the trainer: that of a rival, or "Snn".</summary>
    public string TrainerName { get; }

    /// <summary>Gets what was tried; null for a rival. Equal settings and data give an equal model.</summary>
    public SnnTrialSettings? Settings { get; }

    /// <summary>Gets the whole pipeline that was trained.</summary>
    public IEstimator<ITransformer> Estimator { get; }

    /// <summary>Gets how long the run took, training and validation.</summary>
    /// <value>Seconds.</value>
    public double RuntimeInSeconds { get; internal set; }

    /// <summary>Gets the trained model, or null where training failed.</summary>
    public ITransformer? Model { get; internal set; }

    /// <summary>Gets the metrics on the validation rows, or null where the run failed.</summary>
    public TMetrics? ValidationMetrics { get; private set; }

    /// <summary>Gets the metric that the experiment optimises, or NaN where the run failed.</summary>
    public double Score { get; internal set; } = double.NaN;

    /// <summary>Gets what went wrong, or null. A run that fails does not end the experiment.</summary>
    public Exception? Exception { get; internal set; }

    /// <summary>Gets whether the end of the time or a cancellation cut the training short.</summary>
    public bool WasCutShort { get; internal set; }

    /// <summary>Gets whether <see cref="Model"/> was trained once more on all rows.</summary>
    public bool WasRefitOnAllRows { get; internal set; }

    /// <summary>The trainings of the run: one, or one per fold.</summary>
    internal IReadOnlyList<TrainResult<TMetrics>> Results => _results;

    /// <summary><see cref="Score"/>, turned so that higher is better; NaN where the run failed.</summary>
    internal double Rank { get; set; } = double.NaN;

    internal void Add(TrainResult<TMetrics> result)
    {
        _results.Add(result);
        Model ??= result.Model;
        ValidationMetrics ??= result.ValidationMetrics;
        Exception ??= result.Exception;
    }
}
