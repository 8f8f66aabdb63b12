using System;

namespace Microsoft.ML.Snn;

/// <summary>Where a training stands; reported after batches, at most about 20 times per second, and after every epoch.</summary>
public sealed record TrainingProgress
{
    /// <summary>Gets the number of the epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the number of epochs if nothing stops the training.</summary>
    public required int NumberOfEpochs { get; init; }

    /// <summary>Gets how many batches of this epoch are done.</summary>
    public required int Batch { get; init; }

    /// <summary>Gets the number of batches of an epoch.</summary>
    public required int NumberOfBatches { get; init; }

    /// <summary>Gets the mean loss of this epoch so far, weighted by example.</summary>
    public required double Loss { get; init; }

    /// <summary>Gets the share of right decisions of this epoch so far, 0 to 1; null for regression.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Gets R² of this epoch so far, all outputs together; null where the task is not regression.</summary>
    public double? RSquared { get; init; }

    /// <summary>Gets the root mean squared error of this epoch so far, in the unit of the label.</summary>
    /// <value>Null where the task is not regression or has several outputs.</value>
    public double? RootMeanSquaredError { get; init; }

    /// <summary>Gets the mean number of spikes per hidden neuron and trial of this epoch so far.</summary>
    public required double SpikesPerNeuron { get; init; }

    /// <summary>Gets the number of hidden neurons that were silent in the last completed epoch; null before there is one.</summary>
    public int? SilentNeurons { get; init; }

    /// <summary>Gets the learning rate of the last update.</summary>
    public double LearningRate { get; init; }

    /// <summary>Gets the speed of this epoch so far.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>Gets the estimated time to the end of the last epoch.</summary>
    public required TimeSpan TimeLeft { get; init; }

    /// <summary>Gets the completed epoch if this report ends one, else null.</summary>
    public TrainingEpoch? CompletedEpoch { get; init; }
}
