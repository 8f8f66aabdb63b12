using System;

namespace Microsoft.ML.Snn;

/// <summary>One training of a run: its only one, or that of one fold.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed class TrainResult<TMetrics>
    where TMetrics : class
{
    internal TrainResult(ITransformer? model, TMetrics? validationMetrics, Exception? exception)
    {
        Model = model;
        ValidationMetrics = validationMetrics;
        Exception = exception;
    }

    /// <summary>Gets the trained model, or null where training failed.</summary>
    public ITransformer? Model { get; }

    /// <summary>Gets the metrics on the rows that validate, or null where the training failed.</summary>
    public TMetrics? ValidationMetrics { get; }

    /// <summary>Gets what went wrong, or null.</summary>
    public Exception? Exception { get; }
}
