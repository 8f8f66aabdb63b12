using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Trains a spiking network to predict a number.</summary>
/// <remarks>
/// <para>Input columns: the label is a Single; features and example weight as for <see cref="SnnTrainer"/>.</para>
/// <para>Output column: <c>Score</c>, in the unit of the label. Inside, labels are standardised by mean and standard
/// deviation of the training data, so that the defaults suit labels of any size.</para>
/// <para>Created by <see cref="SnnRegressionCatalog"/>.</para>
/// </remarks>
public sealed class SnnRegressionTrainer
    : TrainerEstimatorBase<RegressionPredictionTransformer<SnnRegressionModelParameters>, SnnRegressionModelParameters>
{
    private static readonly TrainerInfo s_info = new(normalization: true, caching: false, supportValid: true);

    private readonly SnnTrainer.Options _options;

    internal SnnRegressionTrainer(IHostEnvironment env, SnnTrainer.Options options)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(nameof(SnnRegressionTrainer)),
            TrainerUtils.MakeR4VecFeature(Contracts.CheckRef(options, nameof(options)).FeatureColumnName),
            TrainerUtils.MakeR4ScalarColumn(options.LabelColumnName),
            TrainerUtils.MakeR4ScalarWeightColumn(options.ExampleWeightColumnName))
    {
        options.ValidateFor(SnnTask.Regression);
        options.RequireOneLabel();
        _options = options;
    }

    /// <summary>Gets what the trainer wants of its data: normalised features; it reads them once, so that no cache is needed.</summary>
    public override TrainerInfo Info => s_info;

    private protected override PredictionKind PredictionKind => PredictionKind.Regression;

    /// <summary>Trains, and returns the weights of the epoch with the lowest loss on the validation data.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Data of the same columns, not used for learning.</param>
    public RegressionPredictionTransformer<SnnRegressionModelParameters> Fit(IDataView trainData, IDataView validationData) =>
        TrainTransformer(trainData, validationData);

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
    {
        Host.Check(inputSchema.TryFindColumn(LabelColumn.Name, out SchemaShape.Column label));
        return OutputShape.Of(SnnTask.Regression, label);
    }

    private protected override RegressionPredictionTransformer<SnnRegressionModelParameters> MakeTransformer(
        SnnRegressionModelParameters model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name);

    private protected override SnnRegressionModelParameters TrainModelCore(TrainContext context) =>
        new(Host, new TaskTraining(Host, _options, LabelColumn.Name).Train(context, SnnTask.Regression));
}
