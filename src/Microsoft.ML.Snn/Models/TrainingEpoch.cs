namespace Microsoft.ML.Snn;

/// <summary>What one epoch of a training showed.</summary>
public sealed record TrainingEpoch
{
    /// <summary>Gets the number of the epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the mean loss, weighted by example, each loss measured just before the update that its batch brought.</summary>
    public required double Loss { get; init; }

    /// <summary>Gets the share of training examples that were classified correctly, 0 to 1, measured likewise.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Gets the mean loss on the validation data after the epoch, or null without validation data.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Gets the share of validation examples classified correctly, 0 to 1, or null without validation data.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Gets the mean number of spikes per hidden neuron and trial.</summary>
    public required double SpikesPerNeuron { get; init; }

    /// <summary>Gets the number of hidden neurons that never spiked in the epoch.</summary>
    public required int SilentNeurons { get; init; }

    /// <summary>Gets the share of spikes, 0 to 1, whose gradient was limited by <see cref="EventProp.GrazingLimit"/>.</summary>
    public required double GrazingSpikes { get; init; }

    /// <summary>Gets how long training took, in seconds, without validation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the learning rate of the last update of the epoch.</summary>
    public double LearningRate { get; init; }

    /// <summary>Gets the share of batches, 0 to 1, whose gradient was shortened to the maximum norm.</summary>
    public double ClippedBatches { get; init; }

    /// <summary>Gets the mean norm of the batches' gradients before they were shortened; null where no maximum was set.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Gets the number of silent neurons whose input weights were raised after the epoch.</summary>
    public int RevivedNeurons { get; init; }
}
