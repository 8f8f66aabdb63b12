using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning.Recording;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Keeps what happens inside a network: <see cref="SpikeRecorder"/>, <see cref="StateRecorder"/> or <see cref="WeightRecorder"/>.</summary>
/// <remarks>
/// <para>Of a trained network with <c>model.Record(data, recorders)</c>. In training as one of the callbacks: then it records the rows of
/// the training data that it asks for, with the weights of that moment and without augmentation, at the end of epochs or after updates.</para>
/// <para>Spikes have the bits of scoring on the CPU. Recording runs the trials it needs by itself: training and scoring run the same code
/// whether something is recorded or not, and a training with recorders gives the same model.</para>
/// <para>Not safe for several threads at once.</para>
/// </remarks>
public abstract class SnnRecorder : TrainingCallback
{
    private protected SnnRecorder()
    {
    }

    /// <summary>Gets after how many epochs of a training something is recorded.</summary>
    /// <value>0 or more; the default is 1, every epoch. With 0 the end of an epoch records nothing.</value>
    public int EveryEpochs
    {
        get;
        init
        {
            Require.InRange(value, 0, int.MaxValue, "Use 1 for every epoch, or 0 for none.");
            field = value;
        }
    } = 1;

    /// <summary>Gets after how many updates of the weights something is recorded, counted over the whole training.</summary>
    /// <value>0 or more; the default is 0, none.</value>
    public int EveryUpdates
    {
        get;
        init
        {
            Require.InRange(value, 0, int.MaxValue, "Use 1 for every update, or 0 for none.");
            field = value;
        }
    }

    /// <summary>Gets the largest number of numbers that are kept, so that no recording takes all memory unseen.</summary>
    /// <value>At least 1; the default is 100 million. More are an error that says how to record less.</value>
    public long MaximumValues
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 100_000_000;

    /// <summary>Forgets what was recorded.</summary>
    public abstract void Clear();

    /// <inheritdoc/>
    public sealed override void OnTrainingBegin(TrainingContext context) => Clear();

    /// <inheritdoc/>
    public sealed override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (EveryEpochs > 0 && context.Epochs.Count % EveryEpochs == 0)
        {
            context.Record(this);
        }
    }

    /// <inheritdoc/>
    public sealed override void OnBatchEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (EveryUpdates > 0 && context.Updates % EveryUpdates == 0)
        {
            context.Record(this);
        }
    }

    /// <summary>The examples that are wanted, as a range from 0; empty where none is.</summary>
    internal abstract (long First, long End) ExampleRange { get; }

    /// <summary>Looks at the network before its examples come.</summary>
    /// <exception cref="ArgumentException">It has no such layer, neuron or variable.</exception>
    internal abstract void Begin(NetworkProgram program, NetworkWeights weights, TrialRunner runner, RecordingMoment moment);

    /// <summary>Adds what it wants of the states of the next trial.</summary>
    internal virtual void AddTracks(List<StateTrack> tracks)
    {
    }

    /// <summary>Takes a trial that was run.</summary>
    internal abstract void Take(in RecordedTrial trial);
}
