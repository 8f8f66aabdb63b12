namespace Microsoft.ML.Snn;

/// <summary>Settings of a binary experiment.</summary>
public sealed class BinaryExperimentSettings : ExperimentSettings
{
    /// <summary>Gets or sets the metric by which models are compared.</summary>
    /// <value>The default is <see cref="BinaryClassificationMetric.Accuracy"/>.</value>
    public BinaryClassificationMetric OptimizingMetric { get; set; }
}
