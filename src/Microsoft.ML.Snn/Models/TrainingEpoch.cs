namespace Microsoft.ML.Snn;

/// <summary>What one epoch of a training showed.</summary>
public sealed record TrainingEpoch
{
    /// <summary>Gets the number of the epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the mean loss, weighted by example, each loss measured just before the update that its batch brought.</summary>
    public required double Loss { get; init; }

    /// <summary>Gets the share of right decisions on the training examples, 0 to 1, measured likewise; null for regression.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Gets R² on the training examples, measured likewise: 1 minus squared error over variance, all outputs together.</summary>
    /// <value>At most 1; 0 is as good as always predicting the mean. Null where the task is not regression.</value>
    public double? RSquared { get; init; }

    /// <summary>Gets the root mean squared error on the training examples, measured likewise.</summary>
    /// <value>In the unit of the label; null where the task is not regression or has several outputs.</value>
    public double? RootMeanSquaredError { get; init; }

    /// <summary>Gets the mean loss on the validation data after the epoch, or null without validation data.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Gets the share of right decisions on the validation data, 0 to 1, or null without any and for regression.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Gets R² on the validation data, or null without any and where the task is not regression.</summary>
    public double? ValidationRSquared { get; init; }

    /// <summary>Gets the root mean squared error on the validation data in the unit of the label, or null as above.</summary>
    public double? ValidationRootMeanSquaredError { get; init; }

    /// <summary>Gets the mean number of spikes per hidden neuron and trial.</summary>
    public required double SpikesPerNeuron { get; init; }

    /// <summary>Gets the mean number of synapses per trial through which input events and spikes went, see <see cref="OperationCounts"/>.</summary>
    /// <value>With <see cref="DeepRewiring"/> of the synapses at the end of the epoch. Null of a model that was saved before this was counted.</value>
    public double? SynapticEvents { get; init; }

    /// <summary>Gets how often a neuron was moved forward in time per trial, see <see cref="OperationCounts.NeuronUpdates"/>; null as above.</summary>
    public double? NeuronUpdates { get; init; }

    /// <summary>Gets the number of synapses times steps: what a network without spikes computes in the same trial; null as above.</summary>
    public double? DenseEquivalent { get; init; }

    /// <summary>Gets the number of hidden neurons that never spiked in the epoch.</summary>
    public required int SilentNeurons { get; init; }

    /// <summary>Gets the share of spikes, 0 to 1, whose gradient was limited by <see cref="EventProp.GrazingLimit"/>.</summary>
    public required double GrazingSpikes { get; init; }

    /// <summary>Gets how often a synapse was moved to another place, see <see cref="DeepRewiring"/>.</summary>
    /// <value>0 without rewiring.</value>
    public long RewiredSynapses { get; init; }

    /// <summary>Gets how often a synapse was to be moved, but every pair of neurons was connected already.</summary>
    /// <value>0 without rewiring.</value>
    public long RewiringFailures { get; init; }

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
