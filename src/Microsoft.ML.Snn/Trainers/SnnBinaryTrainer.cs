using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Trains a spiking network to say yes or no.</summary>
/// <remarks>
/// <para>Input columns: the label is a Boolean; features and example weight as for <see cref="SnnTrainer"/>.</para>
/// <para>Output columns: <c>Score</c>, the log-odds of yes; <c>Probability</c> of yes, 1/(1 + exp(-score)), which sigmoid
/// cross-entropy calibrates by itself; <c>PredictedLabel</c>, whether the score is above 0.</para>
/// <para>Created by <see cref="SnnBinaryCatalog"/>.</para>
/// </remarks>
public sealed class SnnBinaryTrainer : TrainerEstimatorBase<BinaryPredictionTransformer<SnnBinaryModelParameters>, SnnBinaryModelParameters>
{
    private static readonly TrainerInfo s_info = new(normalization: true, caching: false, supportValid: true);

    private readonly SnnTrainer.Options _options;

    internal SnnBinaryTrainer(IHostEnvironment env, SnnTrainer.Options options)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(nameof(SnnBinaryTrainer)),
            TrainerUtils.MakeR4VecFeature(Contracts.CheckRef(options, nameof(options)).FeatureColumnName),
            TrainerUtils.MakeBoolScalarLabel(options.LabelColumnName),
            TrainerUtils.MakeR4ScalarWeightColumn(options.ExampleWeightColumnName))
    {
        options.ValidateFor(SnnTask.BinaryClassification);
        options.RequireOneLabel();
        _options = options;
    }

    /// <summary>Gets what the trainer wants of its data: normalised features; it reads them once, so that no cache is needed.</summary>
    public override TrainerInfo Info => s_info;

    private protected override PredictionKind PredictionKind => PredictionKind.BinaryClassification;

    /// <summary>Trains, and returns the weights of the epoch with the lowest loss on the validation data.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Data of the same columns, not used for learning.</param>
    public BinaryPredictionTransformer<SnnBinaryModelParameters> Fit(IDataView trainData, IDataView validationData) =>
        TrainTransformer(trainData, validationData);

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
    {
        Host.Check(inputSchema.TryFindColumn(LabelColumn.Name, out SchemaShape.Column label));
        return OutputShape.Of(SnnTask.BinaryClassification, label);
    }

    private protected override BinaryPredictionTransformer<SnnBinaryModelParameters> MakeTransformer(
        SnnBinaryModelParameters model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name);

    private protected override SnnBinaryModelParameters TrainModelCore(TrainContext context) =>
        new(Host, new TaskTraining(Host, _options, LabelColumn.Name).Train(context, SnnTask.BinaryClassification));
}
