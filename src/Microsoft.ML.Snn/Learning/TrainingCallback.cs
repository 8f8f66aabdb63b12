namespace Microsoft.ML.Snn;

/// <summary>Hears of the beginning and end of a training, its epochs and its batches.</summary>
/// <remarks>
/// Derive from it and override what you need; put it into <c>SnnTrainer.Options.Callbacks</c>. The methods run on the training thread, which
/// waits for them. An exception stops the training with an error that names the callback; with a <see cref="Checkpoint"/> the
/// state of that moment is kept. <see cref="EarlyStopping"/>, <see cref="LearningRateScheduler"/>, recorders and logs are callbacks too.
/// </remarks>
public abstract class TrainingCallback
{
    /// <summary>Called once, before the first epoch.</summary>
    /// <param name="context">The training.</param>
    public virtual void OnTrainingBegin(TrainingContext context)
    {
    }

    /// <summary>
    /// Called once, when training has ended in whatever way, also after an error. An exception here is logged as a warning: the model is
    /// there already.
    /// </summary>
    /// <param name="context">The training.</param>
    public virtual void OnTrainingEnd(TrainingContext context)
    {
    }

    /// <summary>Called before the first batch of an epoch. A training that is resumed within an epoch has begun it before.</summary>
    /// <param name="context">The training.</param>
    public virtual void OnEpochBegin(TrainingContext context)
    {
    }

    /// <summary>Called after an epoch and its validation; the epoch is the last of <see cref="TrainingContext.Epochs"/>.</summary>
    /// <param name="context">The training.</param>
    public virtual void OnEpochEnd(TrainingContext context)
    {
    }

    /// <summary>Called before each batch.</summary>
    /// <param name="context">The training.</param>
    public virtual void OnBatchBegin(TrainingContext context)
    {
    }

    /// <summary>Called after each batch and its update.</summary>
    /// <param name="context">The training.</param>
    public virtual void OnBatchEnd(TrainingContext context)
    {
    }

    /// <summary>What of it decides the numbers of a training, for checkpoints to compare; null for nothing.</summary>
    internal virtual string? Identity => null;

    /// <summary>Called once, before any callback hears of the training: here its state may be loaded.</summary>
    internal virtual void Restore(TrainingContext context)
    {
    }
}
