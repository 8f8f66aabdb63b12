using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>The course of a training. Immutable, kept with the model.</summary>
public sealed class TrainingHistory
{
    internal TrainingHistory(
        IReadOnlyList<TrainingEpoch> epochs, int bestEpoch, bool wasCancelled, string device, int seed,
        StopReason? stopReason = null)
    {
        Epochs = epochs;
        BestEpoch = bestEpoch;
        WasCancelled = wasCancelled;
        Device = device;
        Seed = seed;
        StopReason = stopReason ?? (wasCancelled ? StopReason.Cancelled : StopReason.LastEpoch);
    }

    /// <summary>Gets the completed epochs in order.</summary>
    public IReadOnlyList<TrainingEpoch> Epochs { get; }

    /// <summary>Gets the epoch whose weights the model has, counted from 1; 0 where no epoch was completed.</summary>
    /// <value>With validation data the epoch of the lowest validation loss, else the last one. If training without validation data
    /// was cancelled, the weights are those of its last batch, which came after this epoch.</value>
    public int BestEpoch { get; }

    /// <summary>Gets whether training was cancelled before its end.</summary>
    public bool WasCancelled { get; }

    /// <summary>Gets why training ended.</summary>
    /// <value>A model that was saved before this was kept says <see cref="StopReason.LastEpoch"/>, unless it was cancelled.</value>
    public StopReason StopReason { get; }

    /// <summary>Gets the device that trained.</summary>
    public string Device { get; }

    /// <summary>Gets the seed of initial weights and shuffling.</summary>
    public int Seed { get; }
}
