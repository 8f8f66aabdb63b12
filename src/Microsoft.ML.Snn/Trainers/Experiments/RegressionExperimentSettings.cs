namespace Microsoft.ML.Snn;

/// <summary>Settings of a regression experiment.</summary>
public sealed class RegressionExperimentSettings : ExperimentSettings
{
    /// <summary>Gets or sets the metric by which models are compared.</summary>
    /// <value>The default is <see cref="RegressionMetric.RSquared"/>.</value>
    public RegressionMetric OptimizingMetric { get; set; }
}
