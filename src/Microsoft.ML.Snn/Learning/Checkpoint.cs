using System;
using System.IO;
using System.Text.Json;
using Microsoft.ML.Snn.Learning;

namespace Microsoft.ML.Snn;

/// <summary>Keeps the whole state of a training in a folder, from which the training can go on after an interruption with the same bits.</summary>
/// <remarks>
/// <para>A callback. <c>SnnTrainer.Options.CheckpointDirectory</c> adds one behind all others; put further ones among the callbacks, for
/// example one that keeps every tenth epoch for good. One of them may resume.</para>
/// <para>A checkpoint is written after batches or epochs as the interval says, and when training ends in whatever way. One that cannot be
/// written, for example to a full disk, is a warning; training goes on and the last good checkpoint stays. It holds weights, the state of the
/// optimisers, the order of the examples, the best weights and the epochs. What other callbacks have in mind is not in it.</para>
/// <para>One training at a time.</para>
/// </remarks>
public sealed class Checkpoint : TrainingCallback
{
    private readonly CheckpointSettings _settings;
    private CheckpointStore? _store;

    /// <summary>Creates the callback.</summary>
    /// <param name="directory">The folder, which is made if need be.</param>
    /// <param name="interval">How often a checkpoint is written; null for after every epoch.</param>
    /// <param name="numberOfCheckpoints">How many of the newest are kept, 1 or more. Use 2 or more, so that one is whole while the next is written.</param>
    /// <param name="resume">
    /// Whether to go on from the newest checkpoint in the folder, if there is one. False refuses a folder that holds checkpoints. Network,
    /// data and settings must be those of the checkpoint; the number of epochs may be raised.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public Checkpoint(string directory, CheckpointInterval? interval = null, int numberOfCheckpoints = 2, bool resume = false)
        : this(new CheckpointSettings
        {
            Directory = directory,
            Interval = interval ?? CheckpointInterval.Epochs(1),
            Keep = numberOfCheckpoints,
            Resume = resume,
        })
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Require.InRange(numberOfCheckpoints, 1, int.MaxValue, "Use 2 or more, so that one is whole while the next is written.");
    }

    internal Checkpoint(CheckpointSettings settings) => _settings = settings;

    /// <summary>Gets the folder.</summary>
    public string Directory => _settings.Directory;

    /// <summary>Gets how often a checkpoint is written.</summary>
    public CheckpointInterval Interval => _settings.Interval;

    /// <summary>Gets how many of the newest checkpoints are kept.</summary>
    public int NumberOfCheckpoints => _settings.Keep;

    /// <summary>Gets whether training goes on from the newest checkpoint, if there is one.</summary>
    public bool Resume => _settings.Resume;

    /// <inheritdoc/>
    public override void OnBatchEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.State.IsAtEndOfEpoch)
        {
            SaveIfDue(context);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context) => SaveIfDue(context);

    /// <inheritdoc/>
    public override void OnTrainingEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.State.IsWhole && Save(context) is string path && context.State.HasFailed)
        {
            context.State.Warn($"The state of the training before this error is kept in checkpoint {path}: Resume = true goes on from it.");
        }
    }

    /// <exception cref="InvalidOperationException">The folder cannot be used, or its newest checkpoint is broken or of another training.</exception>
    internal override void Restore(TrainingContext context)
    {
        ITrainingState state = context.State;
        _store = new CheckpointStore(_settings, state.Warn);
        if (_store.Latest is not string newest)
        {
            return;
        }

        try
        {
            CheckpointFormat.Read(newest, state.Load);
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException or JsonException)
        {
            throw new InvalidOperationException($"Training cannot go on from checkpoint {newest}: {refused.Message}.", refused);
        }

        _store.StartAt(context.Updates, context.Epochs.Count);
        state.Info($"Going on from checkpoint {newest}, after {context.Epochs.Count} epochs and {context.Progress.Batch} batches.");
    }

    private void SaveIfDue(TrainingContext context)
    {
        if (_store!.IsDue(context.Updates, context.Epochs.Count))
        {
            Save(context);
        }
    }

    private string? Save(TrainingContext context) => _store!.Save(context.Updates, context.Epochs.Count, context.State.Save);
}
