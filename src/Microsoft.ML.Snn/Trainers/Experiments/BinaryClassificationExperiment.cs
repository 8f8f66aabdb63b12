using Microsoft.ML.Data;

namespace Microsoft.ML.Snn;

/// <summary>Searches for a network that says yes or no; the label is a Boolean, or what ML.NET can convert to one.</summary>
/// <remarks><inheritdoc cref="SnnExperiment{TMetrics}" path="/remarks/node()"/></remarks>
public sealed class BinaryClassificationExperiment : SnnExperiment<BinaryClassificationMetrics>
{
    private readonly BinaryClassificationMetric _metric;

    internal BinaryClassificationExperiment(MLContext context, BinaryExperimentSettings settings)
        : base(context, settings)
    {
        Require.Defined(settings.OptimizingMetric, "Use BinaryClassificationMetric.Accuracy.");
        _metric = settings.OptimizingMetric;
    }

    private protected override IEstimator<ITransformer>? LabelPipeline(DataViewSchema.Column label) => label.Type is BooleanDataViewType
        ? null
        : Context.Transforms.Conversion.ConvertType(label.Name, outputKind: DataKind.Boolean);

    private protected override IEstimator<ITransformer>? AfterTrainer(DataViewSchema.Column label) => null;

    // A rival may have a score without a probability; the metrics of both are the same.
    private protected override BinaryClassificationMetrics Evaluate(IDataView scored, string labelColumnName) =>
        Context.BinaryClassification.EvaluateNonCalibrated(scored, labelColumnName);

    private protected override double Rank(BinaryClassificationMetrics metrics) => Score(metrics);

    private protected override double Score(BinaryClassificationMetrics metrics) => _metric switch
    {
        BinaryClassificationMetric.AreaUnderRocCurve => metrics.AreaUnderRocCurve,
        BinaryClassificationMetric.AreaUnderPrecisionRecallCurve => metrics.AreaUnderPrecisionRecallCurve,
        BinaryClassificationMetric.F1Score => metrics.F1Score,
        _ => metrics.Accuracy,
    };
}
