using System;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Trains a spiking network to tell classes apart.</summary>
/// <remarks>
/// <para>Input columns: the label is a key, as <c>MapValueToKey</c> makes it; the features are a spike train column, as
/// the encoders of <see cref="SnnOperations"/> make it, or any vector of Single of a known size, which is presented as a
/// constant current; the optional example weight is a Single.</para>
/// <para>Output columns: <c>Score</c>, the probability of each class; <c>PredictedLabel</c>, a key.</para>
/// <para>The device is the CPU unless <see cref="MLContext.GpuDeviceId"/> names a GPU. Created by
/// <see cref="SnnOperations.Train(Options)"/>.</para>
/// </remarks>
public sealed partial class SnnTrainer : TrainerEstimatorBase<SnnPredictionTransformer, SnnModelParameters>
{
    internal const string LoadName = "SnnTrainer";

    private static readonly TrainerInfo s_info = new(normalization: true, caching: false, supportValid: true, supportIncrementalTrain: true);

    private readonly Options _options;

    internal SnnTrainer(IHostEnvironment env, Options options)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(LoadName),
            TrainerUtils.MakeR4VecFeature(Contracts.CheckRef(options, nameof(options)).FeatureColumnName),
            TrainerUtils.MakeU4ScalarColumn(options.LabelColumnName),
            TrainerUtils.MakeR4ScalarWeightColumn(options.ExampleWeightColumnName))
    {
        options.Validate();
        _options = options;
    }

    /// <summary>Gets what the trainer wants of its data: normalised features; it reads them once, so that no cache is needed.</summary>
    public override TrainerInfo Info => s_info;

    private protected override PredictionKind PredictionKind => PredictionKind.MulticlassClassification;

    /// <summary>Trains, and returns the weights of the epoch with the lowest loss on the validation data.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Data of the same columns, not used for learning.</param>
    public SnnPredictionTransformer Fit(IDataView trainData, IDataView validationData) =>
        TrainTransformer(trainData, validationData);

    /// <summary>Goes on training an earlier model: its weights are the initial ones.</summary>
    /// <param name="trainData">The training data, of the shape and classes of the earlier model's.</param>
    /// <param name="modelParameters">The earlier model. Where <see cref="Options.Network"/> is null, its network is taken too.</param>
    /// <remarks>The optimiser begins anew. To go on from an interruption, use <see cref="Options.Resume"/>.</remarks>
    public SnnPredictionTransformer Fit(IDataView trainData, SnnModelParameters modelParameters) =>
        TrainTransformer(trainData, initPredictor: modelParameters);

    /// <summary>Goes on training an earlier model, and returns the weights of the epoch with the lowest loss on the validation data.</summary>
    /// <param name="trainData">The training data, of the shape and classes of the earlier model's.</param>
    /// <param name="validationData">Data of the same columns, not used for learning.</param>
    /// <param name="modelParameters">The earlier model. Where <see cref="Options.Network"/> is null, its network is taken too.</param>
    public SnnPredictionTransformer Fit(IDataView trainData, IDataView validationData, SnnModelParameters modelParameters) =>
        TrainTransformer(trainData, validationData, modelParameters);

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
    {
        Host.Check(inputSchema.TryFindColumn(LabelColumn.Name, out SchemaShape.Column label));
        var predicted = new SchemaShape(label.Annotations.Where(a => a.Name == AnnotationUtils.Kinds.KeyValues)
            .Concat(AnnotationUtils.GetTrainerOutputAnnotation()));
        return
        [
            new SchemaShape.Column(
                DefaultColumnNames.Score, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false,
                new SchemaShape(AnnotationUtils.AnnotationsForMulticlassScoreColumn(label))),
            new SchemaShape.Column(
                DefaultColumnNames.PredictedLabel, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, predicted),
        ];
    }

    private protected override void CheckLabelCompatible(SchemaShape.Column labelCol)
    {
        if (!LabelColumn.IsCompatibleWith(labelCol))
        {
            throw Host.ExceptSchemaMismatch(
                nameof(labelCol), "label", LabelColumn.Name, "Key<UInt32>",
                $"{labelCol.GetTypeString()}. Append mlContext.Transforms.Conversion.MapValueToKey(\"{LabelColumn.Name}\") before the trainer");
        }
    }

    private protected override SnnPredictionTransformer MakeTransformer(SnnModelParameters model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name, LabelColumn.Name);

    private protected override SnnModelParameters TrainModelCore(TrainContext context)
    {
        using IChannel channel = Host.Start("Training");
        RoleMappedData rows = context.TrainingSet;
        rows.CheckMulticlassLabel(out int classes);
        rows.CheckOptFloatWeight();
        CheckClasses(classes);

        InputShape input = InputShape.Of(rows.Schema.Feature!.Value, _options.TimeSteps, _options.TimeStep, _options.Integrator);
        TrainingData data = TrainingDataReader.Read(Host, channel, rows, input);
        if (data.Targets.Classes.IndexOfAnyExcept(data.Targets.Classes[0]) < 0)
        {
            throw Host.Except(
                $"Label column '{LabelColumn.Name}' must have rows of at least two classes, but all {data.Targets.Count} rows are of one. "
                + "Check the label column, or how the data was split.");
        }

        TrainingData? validation = context.ValidationSet == null
            ? null
            : ReadValidation(channel, context.ValidationSet, input, classes);
        Host.CheckUserArg(
            validation != null || _options.EarlyStopping == null, nameof(Options.EarlyStopping),
            "Early stopping needs validation data. Call Fit(trainData, validationData).");

        Host.CheckUserArg(
            _options.Augmentations.Count == 0 || !(input.IsConstantCurrent || input.IsSpikeTimes), nameof(Options.Augmentations),
            "Augmentations change spikes, but the features are plain vectors. Put an encoder before the trainer, or leave them out.");

        var earlier = context.InitialPredictor as SnnModelParameters;
        SnnNetwork network = _options.Network ?? earlier?.Network
            ?? SnnNetwork.Sequential(Layer.Dense(_options.NumberOfHiddenNeurons), Layer.Output());
        NetworkProgram program = NetworkProgram.Build(
            network, input.Channels, input.Steps, input.TimeStep, classes, integrator: _options.Integrator);
        CheckEarlier(earlier, program, input);
        return new SnnModelParameters(Host, Train(channel, program, input, data, validation, earlier));
    }

    private SnnModel Train(
        IChannel channel, NetworkProgram program, InputShape input, TrainingData data, TrainingData? validation,
        SnnModelParameters? earlier)
    {
        var environment = (IHostEnvironmentInternal)Host;
        int seed = _options.Seed ?? environment.Seed ?? 0;
        (double sum, double squares) = data.Trains.MeanInput();
        NetworkWeights weights = earlier?.CloneWeights() ?? NetworkWeights.Draw(
            program, new InputStatistics(sum, squares, input.IsConstantCurrent), seed);

        using NetworkEngine engine = _options.Algorithm.CreateEngine(
            program,
            Math.Min(_options.BatchSize, data.Targets.Count),
            _options.NumberOfThreads ?? Environment.ProcessorCount,
            environment.GpuDeviceId,
            environment.FallbackToCpu,
            seed,
            message => channel.Info(MessageSensitivity.None, message));
        channel.Info(
            MessageSensitivity.Schema,
            string.Create(CultureInfo.InvariantCulture, $"Training on {data.Targets.Count} rows. {program.ToString().ReplaceLineEndings("; ")}"));

        var run = new TrainingRun(program, engine, data, validation, new TrainingSettings
        {
            Algorithm = _options.Algorithm,
            Optimizer = _options.Optimizer,
            OptimizerGroups = _options.OptimizerGroups,
            MaximumGradientNorm = _options.MaximumGradientNorm ?? double.PositiveInfinity,
            NumberOfEpochs = _options.EpochsFor(data.Targets.Count),
            BatchSize = Math.Min(_options.BatchSize, data.Targets.Count),
            Shuffle = _options.Shuffle,
            Seed = seed,
            EarlyStopping = _options.EarlyStopping,
            Augmentations = _options.Augmentations,
            SilentNeuronRevival = _options.SilentNeuronRevival,
            MaximumTrainingTime = _options.MaximumTrainingTime ?? TimeSpan.MaxValue,
            Checkpoints = _options.CheckpointDirectory == null ? null : new CheckpointSettings
            {
                Directory = _options.CheckpointDirectory,
                Interval = _options.CheckpointInterval,
                Keep = _options.NumberOfCheckpoints,
                Resume = _options.Resume,
            },
            Callbacks = _options.Callbacks,
            Progress = _options.Progress,
            CancellationToken = _options.CancellationToken,
            CheckAlive = Host.CheckAlive,
            Info = message => channel.Info(MessageSensitivity.None, message),
            Warn = message => channel.Warning(MessageSensitivity.None, message),
        });
        TrainingHistory history = run.Run(weights);
        return new SnnModel(program.WithTablesOf(weights), weights, input.IsConstantCurrent, history, run.MeanSpikeCounts()) { IsSpikeTimes = input.IsSpikeTimes };
    }

    /// <summary>ML.NET checks the training data only: validation data of another shape would be read as if it had that one.</summary>
    private TrainingData ReadValidation(IChannel channel, RoleMappedData rows, InputShape input, int classes)
    {
        rows.CheckMulticlassLabel(out int found);
        rows.CheckOptFloatWeight();
        InputShape shape = InputShape.Of(rows.Schema.Feature!.Value, _options.TimeSteps, _options.TimeStep, _options.Integrator);
        if (found != classes || shape != input)
        {
            throw Host.Except(
                $"The validation data must have {classes} classes and the features of the training data, a {input}, but has {found} classes "
                + $"and a {shape}. Transform both with one fitted pipeline.");
        }

        return TrainingDataReader.Read(Host, channel, rows, input);
    }

    private void CheckEarlier(SnnModelParameters? earlier, NetworkProgram program, InputShape input)
    {
        if (earlier != null && (earlier.Program.ToString() != program.ToString() || earlier.Input != input))
        {
            throw Host.Except(
                "The earlier model must have the network, input and classes of this training, but it is "
                + $"{earlier.Program.ToString().ReplaceLineEndings("; ")} on a {earlier.Input}, not {program.ToString().ReplaceLineEndings("; ")} on a {input}. "
                + "Transform the data with the pipeline that the earlier model was trained behind, and leave Options.Network null.");
        }
    }

    private void CheckClasses(int classes)
    {
        if (classes < 2)
        {
            throw Host.Except(
                $"Label column '{LabelColumn.Name}' must have at least two classes, but its key has {classes}. "
                + "Check the label column that MapValueToKey was fitted on.");
        }
    }
}
