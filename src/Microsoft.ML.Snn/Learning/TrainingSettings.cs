using System;
using System.Collections.Generic;
using System.Threading;

namespace Microsoft.ML.Snn.Learning;

/// <summary>How to train, checked by whoever builds it.</summary>
internal sealed record TrainingSettings
{
    public required LearningAlgorithm Algorithm { get; init; }

    public required Optimizer Optimizer { get; init; }

    /// <summary>Parameters with an optimiser of their own; the first group that names a parameter holds.</summary>
    public IReadOnlyList<OptimizerGroup> OptimizerGroups { get; init; } = [];

    /// <summary>The limit of the gradient's norm, or infinity for none.</summary>
    public double MaximumGradientNorm { get; init; } = double.PositiveInfinity;

    public required int NumberOfEpochs { get; init; }

    public required int BatchSize { get; init; }

    public required bool Shuffle { get; init; }

    public required int Seed { get; init; }

    /// <summary>What a target of 1 is in the unit of the label; null where outputs have different units.</summary>
    public double? LabelUnit { get; init; } = 1;

    /// <summary>What is done to the spikes of a batch, in this order.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>What is added after an epoch to the input weights of neurons that were silent in it; 0 for nothing.</summary>
    public double SilentNeuronRevival { get; init; }

    /// <summary>Ends the training when so much time has passed; before an interruption counts too.</summary>
    public TimeSpan MaximumTrainingTime { get; init; } = TimeSpan.MaxValue;

    /// <summary>Who hears of the training, stops it, keeps its state or changes its learning rate, in this order.</summary>
    public IReadOnlyList<TrainingCallback> Callbacks { get; init; } = [];

    public IProgress<TrainingProgress>? Progress { get; init; }

    public CancellationToken CancellationToken { get; init; }

    /// <summary>Called before every batch; may throw to abandon the training.</summary>
    public Action CheckAlive { get; init; } = static () => { };

    /// <summary>Receives a line per epoch.</summary>
    public Action<string> Info { get; init; } = static _ => { };

    /// <summary>Receives what the user should look at.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}
