using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>How far a training has come just before an update.</summary>
/// <param name="Update">Number of updates before this one.</param>
/// <param name="UpdatesPerEpoch">Number of updates of an epoch.</param>
/// <param name="NumberOfEpochs">Number of epochs if nothing stops the training.</param>
/// <param name="Epochs">The completed epochs.</param>
public readonly record struct ScheduleMoment(
    long Update, int UpdatesPerEpoch, int NumberOfEpochs, IReadOnlyList<TrainingEpoch> Epochs)
{
    /// <summary>Gets the number of epochs before this update, with the part of the current one that is done.</summary>
    public double EpochsDone => (double)Update / UpdatesPerEpoch;
}
