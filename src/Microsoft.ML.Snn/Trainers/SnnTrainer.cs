using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Trains a spiking network; the label column says for which task.</summary>
/// <remarks>
/// <para>Input columns: the label is of one of the types that <see cref="SnnTask"/> lists, for example a key, as
/// <c>MapValueToKey</c> makes it; the features are a spike train column, as
/// the encoders of <see cref="SnnOperations"/> make it, or any vector of Single of a known size, which is presented as a
/// constant current; the optional example weight is a Single.</para>
/// <para>Output columns: <c>Score</c>: the probability of each class, the log-odds of yes, or the number. <c>Probability</c> of
/// yes, for binary and multi-label classification. <c>PredictedLabel</c>, of the type of the label, for all classification.
/// Numbers are standardised by mean and standard deviation of the training labels inside, and given in the label's unit.</para>
/// <para>The device is the CPU unless <see cref="MLContext.GpuDeviceId"/> names a GPU. Created by
/// <see cref="SnnOperations.Train(Options)"/>.</para>
/// </remarks>
public sealed partial class SnnTrainer : TrainerEstimatorBase<SnnPredictionTransformer, SnnModelParameters>
{
    internal const string LoadName = "SnnTrainer";

    private static readonly TrainerInfo s_info = new(normalization: true, caching: false, supportValid: true, supportIncrementalTrain: true);

    private readonly Options _options;
    private readonly SnnTask? _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The settings.</param>
    /// <param name="task">The task of the catalog that creates the trainer; null to infer it.</param>
    internal SnnTrainer(IHostEnvironment env, Options options, SnnTask? task = null)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(LoadName),
            TrainerUtils.MakeR4VecFeature(Contracts.CheckRef(options, nameof(options)).FeatureColumnName),
            new SchemaShape.Column(
                options.LabelColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false),
            TrainerUtils.MakeR4ScalarWeightColumn(options.ExampleWeightColumnName))
    {
        options.ValidateFor(task);
        _options = options;
        _task = task ?? options.Task;
    }

    /// <summary>Gets what the trainer wants of its data: normalised features; it reads them once, so that no cache is needed.</summary>
    public override TrainerInfo Info => s_info;

    private protected override PredictionKind PredictionKind => PredictionKind.Custom;

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
        return [.. OutputShape.Of(TaskOf(label), label), .. _options.OutputLabels.SelectMany(own => FurtherColumns(inputSchema, own))];
    }

    private IEnumerable<SchemaShape.Column> FurtherColumns(SchemaShape inputSchema, OutputLabel own) =>
        inputSchema.TryFindColumn(own.LabelColumnName, out SchemaShape.Column label)
            ? OutputShape.Of(
                own.OutputName,
                TaskOf(
                    Host, own, ReadoutOf(own), label.ItemType, label.Kind == SchemaShape.Column.VectorKind.Vector, label.IsKey,
                    label.GetTypeString()),
                label)
            : throw Host.ExceptSchemaMismatch("labelCol", "label", own.LabelColumnName);

    private Readout ReadoutOf(OutputLabel own) =>
        _options.Network?.GraphNodes.FirstOrDefault(node => node.Name == own.OutputName)?.Readout ?? default;

    /// <summary>The task of an output with a label of its own.</summary>
    internal static SnnTask TaskOf(IHost host, DataViewSchema schema, OutputLabel own, Readout readout)
    {
        DataViewType type = schema.GetColumnOrNull(own.LabelColumnName)?.Type
            ?? throw host.ExceptSchemaMismatch("labelCol", "label", own.LabelColumnName);
        DataViewType item = type is VectorDataViewType vector ? vector.ItemType : type;
        return TaskOf(host, own, readout, item, type is VectorDataViewType { IsKnownSize: true }, item is KeyDataViewType, type.ToString()!);
    }

    private static SnnTask TaskOf(IHost host, OutputLabel own, Readout readout, DataViewType item, bool isVector, bool isKey, string found) =>
        TaskOf(host, own.LabelColumnName, own.Task, readout == Readout.MembraneAtEveryStep, item, isVector, isKey, found);

    private protected override void CheckLabelCompatible(SchemaShape.Column labelCol) => TaskOf(labelCol);

    private SnnTask TaskOf(SchemaShape.Column label) => TaskOf(
        label.ItemType, label.Kind == SchemaShape.Column.VectorKind.Vector, label.IsKey, label.GetTypeString());

    private protected override SnnPredictionTransformer MakeTransformer(SnnModelParameters model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name, LabelColumn.Name);

    private protected override SnnModelParameters TrainModelCore(TrainContext context)
    {
        DataViewType type = context.TrainingSet.Schema.Label!.Value.Type;
        DataViewType item = type is VectorDataViewType vector ? vector.ItemType : type;
        SnnTask task = TaskOf(item, type is VectorDataViewType { IsKnownSize: true }, item is KeyDataViewType, type.ToString()!);
        return new SnnModelParameters(Host, new TaskTraining(Host, _options, LabelColumn.Name).Train(context, task));
    }

    private SnnTask TaskOf(DataViewType item, bool isVector, bool isKey, string found)
    {
        bool readsEveryStep = _options.Network?.OutputReadout == Readout.MembraneAtEveryStep;
        return TaskOf(Host, LabelColumn.Name, _task, readsEveryStep, item, isVector, isKey, found);
    }

    private static SnnTask TaskOf(
        IHost host, string column, SnnTask? task, bool readsEveryStep, DataViewType item, bool isVector, bool isKey, string found)
    {
        SnnTask? suggested = LabelKind.TaskOf(item, isVector, isKey, readsEveryStep);
        if (suggested is { } fits && LabelKind.CanServe(fits, task ?? fits))
        {
            return task ?? fits;
        }

        bool wantsKey = task is null or SnnTask.MulticlassClassification or SnnTask.SequenceClassification;
        throw host.ExceptSchemaMismatch(
            "labelCol", "label", column, LabelKind.ExpectedFor(task),
            found + (wantsKey
                ? $". Append mlContext.Transforms.Conversion.MapValueToKey(\"{column}\") before the trainer"
                : $". Append mlContext.Transforms.Conversion.ConvertType(\"{column}\") before the trainer, or train for another task"));
    }
}
