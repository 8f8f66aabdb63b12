using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Snn;

/// <summary>Searches for a network that tells classes apart; the label may be text, a number or a key.</summary>
/// <remarks><inheritdoc cref="SnnExperiment{TMetrics}" path="/remarks/node()"/></remarks>
public sealed class MulticlassClassificationExperiment : SnnExperiment<MulticlassClassificationMetrics>
{
    private readonly MulticlassClassificationMetric _metric;

    internal MulticlassClassificationExperiment(MLContext context, MulticlassExperimentSettings settings)
        : base(context, settings)
    {
        Require.Defined(settings.OptimizingMetric, "Use MulticlassClassificationMetric.MicroAccuracy.");
        _metric = settings.OptimizingMetric;
    }

    private protected override IEstimator<ITransformer>? LabelPipeline(DataViewSchema.Column label) => label.Type is KeyDataViewType
        ? null
        : Context.Transforms.Conversion.MapValueToKey(
            label.Name, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);

    private protected override IEstimator<ITransformer>? AfterTrainer(DataViewSchema.Column label) => label.Type is KeyDataViewType
        ? null
        : Context.Transforms.Conversion.MapKeyToValue(DefaultColumnNames.PredictedLabel);

    private protected override MulticlassClassificationMetrics Evaluate(IDataView scored, string labelColumnName) =>
        Context.MulticlassClassification.Evaluate(scored, labelColumnName);

    private protected override double Rank(MulticlassClassificationMetrics metrics) =>
        _metric == MulticlassClassificationMetric.LogLoss ? -metrics.LogLoss : Score(metrics);

    private protected override double Score(MulticlassClassificationMetrics metrics) => _metric switch
    {
        MulticlassClassificationMetric.MacroAccuracy => metrics.MacroAccuracy,
        MulticlassClassificationMetric.LogLoss => metrics.LogLoss,
        MulticlassClassificationMetric.LogLossReduction => metrics.LogLossReduction,
        _ => metrics.MicroAccuracy,
    };
}
