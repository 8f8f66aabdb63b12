namespace Microsoft.ML.Snn;

/// <summary>What a regression experiment optimises; each is a property of <see cref="Data.RegressionMetrics"/>.</summary>
public enum RegressionMetric
{
    /// <summary>The share of the label's variance that is explained, 1 at best: higher is better.</summary>
    RSquared = 0,

    /// <summary>The mean of the absolute error: lower is better.</summary>
    MeanAbsoluteError = 1,

    /// <summary>The mean of the squared error: lower is better.</summary>
    MeanSquaredError = 2,

    /// <summary>The root of the mean of the squared error: lower is better.</summary>
    RootMeanSquaredError = 3,
}
