namespace Microsoft.ML.Snn;

/// <summary>Settings of a multiclass experiment.</summary>
public sealed class MulticlassExperimentSettings : ExperimentSettings
{
    /// <summary>Gets or sets the metric by which models are compared.</summary>
    /// <value>The default is <see cref="MulticlassClassificationMetric.MicroAccuracy"/>.</value>
    public MulticlassClassificationMetric OptimizingMetric { get; set; }
}
