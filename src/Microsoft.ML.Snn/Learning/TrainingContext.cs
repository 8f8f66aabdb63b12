using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>A training as its callbacks see it. It is valid during the call.</summary>
public sealed class TrainingContext
{
    internal TrainingContext(TrainingInside inside, IReadOnlyList<TrainingEpoch> epochs, ITrainingState state)
    {
        Inside = inside;
        Network = inside.Program.ToString();
        NumberOfParameters = inside.Program.ParameterCount;
        Epochs = epochs;
        State = state;
    }

    /// <summary>Gets a table of the network: each layer with its sizes and settings.</summary>
    public string Network { get; }

    /// <summary>Gets the number of weights.</summary>
    public long NumberOfParameters { get; }

    /// <summary>Gets the completed epochs, of a resumed training all of them.</summary>
    public IReadOnlyList<TrainingEpoch> Epochs { get; }

    /// <summary>Gets where the training stands: epoch, batch, and the metrics of this epoch so far.</summary>
    /// <value>It is worked out when it is asked for.</value>
    public TrainingProgress Progress => State.Progress;

    /// <summary>Gets how far training has come, as schedules see it.</summary>
    public ScheduleMoment Moment => State.Moment;

    /// <summary>Gets the learning rate of the last update; 0 before the first.</summary>
    public double LearningRate { get; internal set; }

    /// <summary>Gets the number of updates so far.</summary>
    public long Updates { get; internal set; }

    /// <summary>Gets whether training goes on from a checkpoint.</summary>
    public bool IsResumed { get; internal set; }

    internal TrainingInside Inside { get; }

    internal ITrainingState State { get; }

    /// <summary>Why a callback wants the training to end; the first says it.</summary>
    internal StopReason? StopRequest { get; private set; }

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
    public void Stop() => Stop(StopReason.Callback);

    /// <summary>Multiplies the learning rate of the coming update, of all parameters; call it in <c>OnBatchBegin</c>.</summary>
    /// <param name="factor">0 or more. Factors of several callbacks and of <see cref="Optimizer.Schedule"/> are multiplied, and hold for one update.</param>
    /// <remarks>A training that is resumed has the same bits if the factor depends only on <see cref="Moment"/>, as that of a <see cref="LearningRateScheduler"/> does.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or no finite number.</exception>
    public void ScaleLearningRate(double factor)
    {
        Require.NotNegative(factor, "Use 1 to change nothing.");
        State.Optimizers.Scale(factor, optimizer: null);
    }

    internal void Stop(StopReason reason) => StopRequest ??= reason;
}
