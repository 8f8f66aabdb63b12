using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn;

public sealed partial class SnnTrainer
{
    /// <summary>Settings of the trainer. Every default is a good first choice; sizes come from the data.</summary>
    public sealed class Options : TrainerInputBaseWithWeight
    {
        /// <summary>Gets or sets the network.</summary>
        /// <value>
        /// The default of null is one dense layer of <see cref="NumberOfHiddenNeurons"/> leaky integrate-and-fire neurons
        /// and an output that averages its membrane. Where a trial lasts 100 ms or longer, synapses have a time constant of a twentieth of
        /// the trial instead of 5 ms and the output has one as long as the trial instead of 20 ms.
        /// </value>
        public SnnNetwork? Network { get; set; }

        /// <summary>Gets or sets the size of the hidden layer where <see cref="Network"/> is null.</summary>
        /// <value>1 to 1 048 576. The default is 128.</value>
        public int NumberOfHiddenNeurons { get; set; } = Defaults.NumberOfHiddenNeurons;

        /// <summary>Gets or sets what the network is trained for.</summary>
        /// <value>
        /// The default of null follows from the label column, as <see cref="SnnTask"/> says. Name it to train on a vector of
        /// Single 0 and 1 as several yes-or-no labels, or as a sequence.
        /// </value>
        public SnnTask? Task { get; set; }

        /// <summary>Gets or sets which outputs of a graph, beside the first, learn from label columns of their own.</summary>
        /// <value>
        /// The default is none: every output of a graph learns from <see cref="TrainerInputBaseWithLabel.LabelColumnName"/>, and the first
        /// gives the scores. Rows that lack one of the labels are left out. What the loss of each output counts for is said where the
        /// output is described, <see cref="GraphBuilder.Output"/>. For <see cref="SnnTrainer"/>, not for the trainers of one type of label.
        /// </value>
        public IReadOnlyList<OutputLabel> OutputLabels { get; set; } = [];

        /// <summary>Gets or sets whether every class counts the same in the loss, however many rows it has.</summary>
        /// <value>
        /// The default is false. Rows are weighted in inverse proportion to the frequency of their class, on top of the
        /// example weight column. For multiclass and binary classification. Probabilities then are those of balanced data.
        /// </value>
        public bool BalanceClasses { get; set; }

        /// <summary>Gets or sets how the gradient is computed.</summary>
        /// <value>The default is <see cref="EventProp"/> without regularisation.</value>
        public LearningAlgorithm Algorithm { get; set; } = new EventProp();

        /// <summary>Gets or sets how the gradient becomes a change of the weights.</summary>
        /// <value>The default is <see cref="Adam"/> with a learning rate of 0.005.</value>
        public Optimizer Optimizer { get; set; } = new Adam();

        /// <summary>Gets or sets which parameters have an optimiser of their own.</summary>
        /// <value>The default is none: <see cref="Optimizer"/> updates everything. The first group that names a parameter holds.</value>
        public IReadOnlyList<OptimizerGroup> OptimizerGroups { get; set; } = [];

        /// <summary>Gets or sets the largest norm of the gradient of a batch; a longer one is shortened to it and keeps its direction.</summary>
        /// <value>
        /// Above 0. The default of null limits nothing. How often it acted and how long the gradients were is in the training
        /// history. Source: Pascanu, Mikolov and Bengio, ICML (2013).
        /// </value>
        public double? MaximumGradientNorm { get; set; }

        /// <summary>Gets or sets how often every example is used.</summary>
        /// <value>
        /// 1 to 1 000 000. The default of null is 20, or as many more as it takes to come to 2000 updates of the weights: a
        /// small data set needs more epochs, not less training.
        /// </value>
        public int? NumberOfEpochs { get; set; }

        /// <summary>Gets or sets the number of examples per update of the weights.</summary>
        /// <value>1 to 65 536. The default is 32. Memory grows with it.</value>
        public int BatchSize { get; set; } = Defaults.BatchSize;

        /// <summary>Gets or sets whether every epoch has its own random order of the examples.</summary>
        /// <value>The default is true.</value>
        public bool Shuffle { get; set; } = true;

        /// <summary>Gets or sets how the network is carried through time.</summary>
        /// <value>
        /// The default is <see cref="Integrator.Grid"/>. With <see cref="Integrator.EventDriven"/> a plain feature vector holds
        /// one spike time per channel, in milliseconds from 0; NaN or infinity is no spike. A trial lasts <see cref="TimeSteps"/> ·
        /// <see cref="TimeStep"/>; no step is taken. A spike train column may be used as well.
        /// </value>
        public Integrator Integrator { get; set; } = Integrator.Grid;

        /// <summary>Gets or sets the number of time steps for which a plain feature vector is presented.</summary>
        /// <value>1 to 1 048 576. The default is 20. A spike train column brings its own.</value>
        public int TimeSteps { get; set; } = Defaults.TimeSteps;

        /// <summary>Gets or sets the length of a time step for a plain feature vector.</summary>
        /// <value>Milliseconds, above 0. The default is 1. A spike train column brings its own.</value>
        public double TimeStep { get; set; } = Defaults.TimeStep;

        /// <summary>Gets or sets how many steps an example goes on after its last input spike, so that each has its own length.</summary>
        /// <value>
        /// 0 to 1 048 576. The default of null gives every example all steps of the spike train column. Otherwise the column's number of
        /// steps is the most that an example has: work, memory, readout and loss end with the example, in training and in scoring. Give the
        /// network time to answer: a few membrane time constants, and the longest delay of the connections. Needs a spike train column, the
        /// grid of time steps, EventProp, and a readout of the whole trial.
        /// </value>
        public int? StepsAfterLastSpike { get; set; }

        /// <summary>Gets or sets the seed of the initial weights and the shuffling.</summary>
        /// <value>The default of null takes the seed of the <see cref="MLContext"/>, or 0 if that has none.</value>
        public int? Seed { get; set; }

        /// <summary>Gets or sets the number of threads.</summary>
        /// <value>1 or more; the default of null takes every processor. The result has the same bits on any number.</value>
        public int? NumberOfThreads { get; set; }

        /// <summary>Gets or sets when to stop before the last epoch.</summary>
        /// <value>The default of null never does. It is one more callback, called before the others. It needs validation data: use <see cref="Fit(IDataView, IDataView)"/>.</value>
        public EarlyStopping? EarlyStopping { get; set; }

        /// <summary>Gets or sets for how long to train at most.</summary>
        /// <value>
        /// Above 0. The default of null is no limit. When the time is up, training ends within one batch and <c>Fit</c> returns the best
        /// model so far; with <see cref="Resume"/> the time before the interruption counts.
        /// </value>
        public TimeSpan? MaximumTrainingTime { get; set; }

        /// <summary>Gets or sets what is added after every epoch to the input weights of hidden neurons that were silent in all of it.</summary>
        /// <value>
        /// 0 or more, in units of the threshold. The default of 0 adds nothing. A silent neuron has no gradient and stays silent without
        /// help; typical values are 0.001 to 0.05. How many neurons were revived is in the training history.
        /// </value>
        public double SilentNeuronRevival { get; set; }

        /// <summary>Gets or sets how the training examples are changed at random in every epoch, in this order.</summary>
        /// <value>
        /// The default is not at all. <see cref="Augmentation.AddNoise"/> needs plain vectors, all others need a spike train column;
        /// validation data is never changed.
        /// </value>
        public IReadOnlyList<Augmentation> Augmentations { get; set; } = [];

        /// <summary>Gets or sets the folder for checkpoints: the whole state of the training, from which it can go on after an interruption.</summary>
        /// <value>
        /// The default of null writes none. It is one more callback, a <see cref="Checkpoint"/> behind the others. Also written when training ends in whatever way. A checkpoint that cannot be written, for
        /// example to a full disk, is a warning; training goes on and the last good checkpoint stays.
        /// </value>
        public string? CheckpointDirectory { get; set; }

        /// <summary>Gets or sets how often a checkpoint is written.</summary>
        /// <value>The default is after every epoch.</value>
        public CheckpointInterval CheckpointInterval { get; set; } = CheckpointInterval.Epochs(1);

        /// <summary>Gets or sets how many of the newest checkpoints are kept.</summary>
        /// <value>1 or more. The default is 2.</value>
        public int NumberOfCheckpoints { get; set; } = Defaults.NumberOfCheckpoints;

        /// <summary>Gets or sets whether to go on from the newest checkpoint of <see cref="CheckpointDirectory"/>, if there is one.</summary>
        /// <value>
        /// The default of false refuses a folder that holds checkpoints. A training that was resumed, on the same device, has the same bits as one that was
        /// never stopped. Network, data and settings must be those of the checkpoint; the number of epochs may be raised.
        /// </value>
        public bool Resume { get; set; }

        /// <summary>Gets or sets who hears of the beginning and end of the training, its epochs and its batches.</summary>
        /// <value>
        /// The default is nobody. <see cref="EarlyStopping"/>, <see cref="Checkpoint"/>, <see cref="LearningRateScheduler"/>,
        /// <see cref="CsvLog"/>, <see cref="JsonLinesLog"/> and the recorders come with the library. They are called in this order.
        /// </value>
        public IReadOnlyList<TrainingCallback> Callbacks { get; set; } = [];

        /// <summary>Gets or sets who is told how training goes.</summary>
        /// <value>The default of null tells nobody; a line per epoch goes to <see cref="MLContext.Log"/> in any case.</value>
        public IProgress<TrainingProgress>? Progress { get; set; }

        /// <summary>Gets or sets how to stop training early from outside.</summary>
        /// <value>Cancelling ends training within one batch; <c>Fit</c> then returns the best model so far.</value>
        public CancellationToken CancellationToken { get; set; }

        /// <summary>The callbacks, with those that other options stand for: early stopping before all, the checkpoint behind all.</summary>
        internal TrainingCallback[] AllCallbacks() =>
        [
            .. EarlyStopping == null ? [] : new TrainingCallback[] { EarlyStopping },
            .. Callbacks,
            .. CheckpointDirectory == null
                ? []
                : new TrainingCallback[] { new Checkpoint(CheckpointDirectory, CheckpointInterval, NumberOfCheckpoints, Resume) },
        ];

        /// <summary>The number of epochs for so many rows.</summary>
        internal int EpochsFor(int rows)
        {
            int batches = (rows + BatchSize - 1) / BatchSize;
            return NumberOfEpochs
                ?? Math.Max(Defaults.MinimumEpochs, (Defaults.MinimumUpdates + batches - 1) / batches);
        }

        /// <summary>Checks that no output has a label of its own, for trainers whose transformers know one score.</summary>
        internal void RequireOneLabel()
        {
            if (OutputLabels.Count > 0)
            {
                throw new ArgumentException(
                    $"OutputLabels must be empty for a trainer of one type of label, but names '{OutputLabels[0].OutputName}'. Use mlContext.Snn().Train.",
                    nameof(OutputLabels));
            }
        }

        /// <summary>Checks the settings for a trainer that knows its task.</summary>
        internal void ValidateFor(SnnTask? task)
        {
            Validate();
            if (task is { } known)
            {
                Require.Exactly(Task ?? known, known, "Leave it null, or use Snn().Train.", nameof(Task));
            }
        }

        internal void Validate()
        {
            Require.Defined(Task ?? SnnTask.MulticlassClassification, "Leave it null to infer it from the label.", nameof(Task));
            Require.InRange(NumberOfHiddenNeurons, 1, 1 << 20, "Typical values are 64 to 1024.");
            Require.InRange(NumberOfEpochs ?? 1, 1, 1_000_000, "Typical values are 10 to 100.", nameof(NumberOfEpochs));
            Require.InRange(BatchSize, 1, 65_536, "Typical values are 16 to 256.");
            Require.InRange(TimeSteps, 1, 1 << 20, "Typical values are 20 to 100.");
            Require.InRange(StepsAfterLastSpike ?? 0, 0, 1 << 20, "Typical values are 10 to 100; leave it null to use all steps.", nameof(StepsAfterLastSpike));
            Require.Positive(TimeStep, "Use a step well below the shortest time constant, for example 1 ms.");
            Require.InRange(NumberOfThreads ?? 1, 1, 1024, "Leave it null for every processor.", nameof(NumberOfThreads));
            Require.Defined(Integrator, "Use Integrator.Grid or Integrator.EventDriven.");
            ArgumentNullException.ThrowIfNull(Algorithm);
            ArgumentNullException.ThrowIfNull(Optimizer);
            Algorithm.Validate();
            Optimizer.Validate();
            Require.NoNulls(OutputLabels);
            Require.NoNulls(OptimizerGroups);
            foreach (OptimizerGroup group in OptimizerGroups)
            {
                group.Optimizer?.Validate();
            }

            Require.Positive(MaximumTrainingTime?.TotalSeconds ?? 1, "Leave it null for no limit.", nameof(MaximumTrainingTime));
            Require.NotNegative(SilentNeuronRevival, "Typical values are 0.001 to 0.05; 0 switches it off.");
            Require.InRange(NumberOfCheckpoints, 1, int.MaxValue, "Use 2 or more, so that one is whole while the next is written.");
            Require.NoNulls(Augmentations);
            ArgumentNullException.ThrowIfNull(CheckpointInterval);
            Require.NoNulls(Callbacks);
            if (Resume && CheckpointDirectory == null)
            {
                throw new ArgumentException("Resume needs CheckpointDirectory: name the folder of the checkpoints.", nameof(Resume));
            }

            Require.Positive(MaximumGradientNorm ?? 1, "Leave it null to limit nothing.", nameof(MaximumGradientNorm));
        }
    }

    /// <summary>One place for defaults: the short catalog overloads use the same constants.</summary>
    internal static class Defaults
    {
        public const int NumberOfHiddenNeurons = 128;
        public const int MinimumEpochs = 20;
        public const int MinimumUpdates = 2000;
        public const int BatchSize = 32;
        public const int NumberOfCheckpoints = 2;
        public const int TimeSteps = 20;
        public const double TimeStep = 1;
        public const double LearningRate = Adam.DefaultLearningRate;
    }
}
