using Microsoft.ML.Data;

namespace Microsoft.ML.Snn;

/// <summary>Searches for a network that predicts a number; the label is any numeric type.</summary>
/// <remarks><inheritdoc cref="SnnExperiment{TMetrics}" path="/remarks/node()"/></remarks>
public sealed class RegressionExperiment : SnnExperiment<RegressionMetrics>
{
    private readonly RegressionMetric _metric;

    internal RegressionExperiment(MLContext context, RegressionExperimentSettings settings)
        : base(context, settings)
    {
        Require.Defined(settings.OptimizingMetric, "Use RegressionMetric.RSquared.");
        _metric = settings.OptimizingMetric;
    }

    private protected override IEstimator<ITransformer>? LabelPipeline(DataViewSchema.Column label) => label.Type == NumberDataViewType.Single
        ? null
        : Context.Transforms.Conversion.ConvertType(label.Name, outputKind: DataKind.Single);

    private protected override IEstimator<ITransformer>? AfterTrainer(DataViewSchema.Column label) => null;

    private protected override RegressionMetrics Evaluate(IDataView scored, string labelColumnName) =>
        Context.Regression.Evaluate(scored, labelColumnName);

    private protected override double Rank(RegressionMetrics metrics) =>
        _metric == RegressionMetric.RSquared ? metrics.RSquared : -Score(metrics);

    private protected override double Score(RegressionMetrics metrics) => _metric switch
    {
        RegressionMetric.MeanAbsoluteError => metrics.MeanAbsoluteError,
        RegressionMetric.MeanSquaredError => metrics.MeanSquaredError,
        RegressionMetric.RootMeanSquaredError => metrics.RootMeanSquaredError,
        _ => metrics.RSquared,
    };
}
