using System;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>One call of <c>Fit</c>, whatever the task: reads the data, builds the network, trains it.</summary>
internal sealed class TaskTraining(IHost host, SnnTrainer.Options options, string labelColumn)
{
    public SnnModel Train(TrainContext context, SnnTask task)
    {
        using IChannel channel = host.Start("Training");
        RoleMappedData rows = context.TrainingSet;
        rows.CheckOptFloatWeight();
        InputShape input = InputShape.Of(rows.Schema.Feature!.Value, options.TimeSteps, options.TimeStep, options.Integrator);
        var targets = new TargetReader(host, task, rows.Schema.Label!.Value, input.Steps);
        CheckClasses(task, targets.Outputs);
        NetworkScoring? earlier = (context.InitialPredictor as ITrainedNetwork)?.Scoring;
        SnnNetwork network = NetworkFor(task, earlier);
        TrainingData read = TrainingDataReader.Read(host, channel, rows, input, targets);
        LabelPreparation labels = LabelPreparation.For(host, task, labelColumn, read, targets.Outputs, options.BalanceClasses);
        if (earlier != null)
        {
            // Its outputs are in the scale that it was trained in.
            labels = labels.WithScales(earlier.Model.Scales);
        }

        TrainingData data = labels.Apply(read);
        TrainingData? validation = context.ValidationSet == null
            ? null
            : labels.Apply(ReadValidation(channel, context.ValidationSet, input, task, targets.Outputs));
        host.CheckUserArg(
            validation != null || options.EarlyStopping == null, nameof(SnnTrainer.Options.EarlyStopping),
            "Early stopping needs validation data. Call Fit(trainData, validationData).");
        CheckAugmentations(input);

        NetworkProgram program = NetworkProgram.Build(
            network, input.Channels, input.Steps, input.TimeStep, targets.Outputs, LossOf(task), options.Integrator);
        CheckEarlier(earlier, program, input, task);
        SnnModel model = Train(channel, program, input, data, validation, labels.Scales, earlier);
        return model with { Task = task, Scales = labels.Scales };
    }

    /// <summary>The loss that suits a task.</summary>
    private static Loss LossOf(SnnTask task) => task switch
    {
        SnnTask.MulticlassClassification or SnnTask.SequenceClassification => Loss.SoftmaxCrossEntropy,
        SnnTask.BinaryClassification or SnnTask.MultiLabelClassification => Loss.SigmoidCrossEntropy,
        _ => Loss.MeanSquaredError,
    };

    private SnnNetwork NetworkFor(SnnTask task, NetworkScoring? earlier)
    {
        bool isSequence = task is SnnTask.SequenceClassification or SnnTask.SequenceRegression;
        SnnNetwork network = options.Network ?? earlier?.Model.Program.Description ?? SnnNetwork.Sequential(
            Layer.Dense(options.NumberOfHiddenNeurons),
            Layer.Output(isSequence ? Readout.MembraneAtEveryStep : Readout.AverageMembrane));
        host.CheckUserArg(
            network.OutputLoss == null || network.OutputLoss.Kind == LossOf(task).Kind, nameof(SnnTrainer.Options.Network),
            $"The output layer must have the loss {LossOf(task)} for the task {task}, but has {network.OutputLoss}. Leave it out: the task chooses it.");
        host.CheckUserArg(
            network.OutputReadout is not { } readout || readout == Readout.MembraneAtEveryStep == isSequence, nameof(SnnTrainer.Options.Network),
            $"The task {task} of label column '{labelColumn}' needs {(isSequence ? "the readout MembraneAtEveryStep" : "a readout of the whole trial")}, "
            + $"but the output layer has {network.OutputReadout}.");
        return network;
    }

    private SnnModel Train(
        IChannel channel, NetworkProgram program, InputShape input, TrainingData data, TrainingData? validation, LabelScale[] scales,
        NetworkScoring? earlier)
    {
        var environment = (IHostEnvironmentInternal)host;
        int seed = options.Seed ?? environment.Seed ?? 0;
        (double sum, double squares) = data.Trains.MeanInput();
        NetworkWeights weights = earlier?.Model.Weights.Clone() ?? NetworkWeights.Draw(
            program, new InputStatistics(sum, squares, input.IsConstantCurrent), seed);

        using NetworkEngine engine = options.Algorithm.CreateEngine(
            program,
            Math.Min(options.BatchSize, data.Targets.Count),
            options.NumberOfThreads ?? Environment.ProcessorCount,
            environment.GpuDeviceId,
            environment.FallbackToCpu,
            seed,
            message => channel.Info(MessageSensitivity.None, message));
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(CultureInfo.InvariantCulture, $"Training on {data.Targets.Count} rows. {program.ToString().ReplaceLineEndings("; ")}"));

        var run = new TrainingRun(program, engine, data, validation, new TrainingSettings
        {
            Algorithm = options.Algorithm,
            Optimizer = options.Optimizer,
            OptimizerGroups = options.OptimizerGroups,
            MaximumGradientNorm = options.MaximumGradientNorm ?? double.PositiveInfinity,
            NumberOfEpochs = options.EpochsFor(data.Targets.Count),
            BatchSize = Math.Min(options.BatchSize, data.Targets.Count),
            Shuffle = options.Shuffle,
            Seed = seed,
            LabelUnit = scales.Length == 1 ? scales[0].Deviation : null,
            EarlyStopping = options.EarlyStopping,
            Augmentations = options.Augmentations,
            SilentNeuronRevival = options.SilentNeuronRevival,
            MaximumTrainingTime = options.MaximumTrainingTime ?? TimeSpan.MaxValue,
            Checkpoints = options.CheckpointDirectory == null ? null : new CheckpointSettings
            {
                Directory = options.CheckpointDirectory,
                Interval = options.CheckpointInterval,
                Keep = options.NumberOfCheckpoints,
                Resume = options.Resume,
            },
            Callbacks = options.Callbacks,
            Progress = options.Progress,
            CancellationToken = options.CancellationToken,
            CheckAlive = host.CheckAlive,
            Info = message => channel.Info(MessageSensitivity.None, message),
            Warn = message => channel.Warning(MessageSensitivity.None, message),
        });
        TrainingHistory history = run.Run(weights);
        return new SnnModel(program.WithTablesOf(weights), weights, input.IsConstantCurrent, history, run.MeanSpikeCounts()) { IsSpikeTimes = input.IsSpikeTimes };
    }

    /// <summary>ML.NET checks the training data only: validation data of another shape would be read as if it had that one.</summary>
    private TrainingData ReadValidation(IChannel channel, RoleMappedData rows, InputShape input, SnnTask task, int outputs)
    {
        rows.CheckOptFloatWeight();
        InputShape shape = InputShape.Of(rows.Schema.Feature!.Value, options.TimeSteps, options.TimeStep, options.Integrator);
        var targets = new TargetReader(host, task, rows.Schema.Label!.Value, shape.Steps);
        if (targets.Outputs != outputs || shape != input)
        {
            string what = task is SnnTask.MulticlassClassification or SnnTask.SequenceClassification ? "classes" : "outputs";
            throw host.Except(
                $"The validation data must have {outputs} {what} and the features of the training data, a {input}, but has {targets.Outputs} {what} "
                + $"and a {shape}. Transform both with one fitted pipeline.");
        }

        return TrainingDataReader.Read(host, channel, rows, input, targets);
    }

    private void CheckEarlier(NetworkScoring? earlier, NetworkProgram program, InputShape input, SnnTask task)
    {
        NetworkProgram? before = earlier?.Model.Program;
        if (before != null && (before.ToString() != program.ToString() || earlier!.Input != input || earlier.Model.Task != task))
        {
            throw host.Except(
                "The earlier model must have the network, input and classes of this training, but it is "
                + $"{before.ToString().ReplaceLineEndings("; ")} on a {earlier!.Input}, not {program.ToString().ReplaceLineEndings("; ")} on a {input}. "
                + "Transform the data with the pipeline that the earlier model was trained behind, and leave Options.Network null.");
        }
    }

    private void CheckAugmentations(InputShape input)
    {
        foreach (Augmentation augmentation in options.Augmentations)
        {
            host.CheckUserArg(
                augmentation.IsForCurrents ? input.IsConstantCurrent : !(input.IsConstantCurrent || input.IsSpikeTimes),
                nameof(SnnTrainer.Options.Augmentations),
                augmentation.IsForCurrents
                    ? $"{nameof(Augmentation.AddNoise)} changes plain vectors of features, but the features are a {input}. Use Augmentation.JitterTimes, or leave it out."
                    : "Augmentations change spikes, but the features are plain vectors. Put an encoder before the trainer, or use Augmentation.AddNoise.");
        }
    }

    private void CheckClasses(SnnTask task, int outputs)
    {
        if (task is SnnTask.MulticlassClassification or SnnTask.SequenceClassification && outputs < 2)
        {
            throw host.Except(
                $"Label column '{labelColumn}' must have at least two classes, but its key has {outputs}. "
                + "Check the label column that MapValueToKey was fitted on.");
        }
    }
}
