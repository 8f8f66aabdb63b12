using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>A training as its callbacks see it. It is valid during the call.</summary>
public sealed class TrainingContext
{
    private readonly Func<TrainingProgress> _progress;

    internal TrainingContext(TrainingInside inside, IReadOnlyList<TrainingEpoch> epochs, Func<TrainingProgress> progress)
    {
        Inside = inside;
        Network = inside.Program.ToString();
        NumberOfParameters = inside.Program.ParameterCount;
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

    internal TrainingInside Inside { get; }

    internal bool IsStopRequested { get; private set; }

    /// <summary>Returns a copy of the weights as they are now.</summary>
    /// <returns>One matrix per connection, in the order of the data flow.</returns>
    public IReadOnlyList<SnnConnectionWeights> GetWeights() => Inside.GetWeights(out NetworkProgram program).ToMatrices(program);

    /// <summary>Returns a copy of what is learned beside the weights, as it is now: delays, biases, time constants, thresholds.</summary>
    /// <returns>One list per learned parameter; empty where only weights are learned.</returns>
    public IReadOnlyList<SnnLearnedParameter> GetLearnedParameters() => Inside.GetWeights(out NetworkProgram program).ToParameters(program);

    /// <summary>Runs rows of the training data with the weights as they are now, without augmentation, and adds to what recorders have.</summary>
    /// <param name="recorders">Which rows, and what to keep of them.</param>
    /// <exception cref="ArgumentException">A recorder names a layer, neurons, a variable or rows that there are not.</exception>
    public void Record(params SnnRecorder[] recorders)
    {
        ArgumentNullException.ThrowIfNull(recorders);
        Inside.Record(recorders, new RecordingMoment(Epochs.Count, Updates));
    }

    /// <summary>Ends the training before its next batch; <c>Fit</c> then returns the best model so far.</summary>
    public void Stop() => IsStopRequested = true;
}
