using System.IO;

namespace Microsoft.ML.Snn.Learning;

/// <summary>A training as those of its callbacks see it that keep its state or steer it.</summary>
internal interface ITrainingState
{
    /// <summary>Whether <see cref="Save"/> would write all that the next batch depends on: not in the middle of a batch.</summary>
    bool IsWhole { get; }

    /// <summary>Whether all batches of an epoch are done, and its end is still to come.</summary>
    bool IsAtEndOfEpoch { get; }

    /// <summary>Whether an error ended the training.</summary>
    bool HasFailed { get; }

    /// <summary>How far training has come, as schedules see it.</summary>
    ScheduleMoment Moment { get; }

    /// <summary>Where the training stands, worked out when it is asked for.</summary>
    TrainingProgress Progress { get; }

    /// <summary>The learning rates of the coming update.</summary>
    OptimizerPlan Optimizers { get; }

    void Save(BinaryWriter writer);

    /// <exception cref="InvalidDataException">The state is that of another training.</exception>
    void Load(BinaryReader reader);

    /// <summary>Writes a line for whoever reads the log.</summary>
    void Info(string message);

    /// <summary>Says what the user should look at.</summary>
    void Warn(string message);
}
