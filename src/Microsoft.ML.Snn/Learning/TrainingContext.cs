using System;
using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>A training as its callbacks see it. It is valid during the call.</summary>
public sealed class TrainingContext
{
    private readonly Func<TrainingProgress> _progress;

    internal TrainingContext(string network, long numberOfParameters, IReadOnlyList<TrainingEpoch> epochs, Func<TrainingProgress> progress)
    {
        Network = network;
        NumberOfParameters = numberOfParameters;
        Epochs = epochs;
        _progress = progress;
    }

    /// <summary>Gets a table of the network: each layer with its sizes and settings.</summary>
    public string Network { get; }

    /// <summary>Gets the number of weights.</summary>
    public long NumberOfParameters { get; }

    /// <summary>Gets the completed epochs, of a resumed training all of them.</summary>
    public IReadOnlyList<TrainingEpoch> Epochs { get; }

    /// <summary>Gets where the training stands: epoch, batch, and the metrics of this epoch so far.</summary>
    /// <value>It is worked out when it is asked for.</value>
    public TrainingProgress Progress => _progress();

    /// <summary>Gets the learning rate of the last update; 0 before the first.</summary>
    public double LearningRate { get; internal set; }

    /// <summary>Gets the number of updates so far.</summary>
    public long Updates { get; internal set; }

    /// <summary>Gets whether training goes on from a checkpoint.</summary>
    public bool IsResumed { get; internal set; }

    internal bool IsStopRequested { get; private set; }

    /// <summary>Ends the training before its next batch; <c>Fit</c> then returns the best model so far.</summary>
    public void Stop() => IsStopRequested = true;
}
