namespace Microsoft.ML.Snn;

/// <summary>What a multiclass experiment optimises; each is a property of <see cref="Data.MulticlassClassificationMetrics"/>.</summary>
public enum MulticlassClassificationMetric
{
    /// <summary>The share of rows that are classified correctly: higher is better.</summary>
    MicroAccuracy = 0,

    /// <summary>The mean over the classes of the share that is classified correctly: higher is better.</summary>
    MacroAccuracy = 1,

    /// <summary>The mean of -ln of the probability given to the true class: lower is better.</summary>
    LogLoss = 2,

    /// <summary>How much better the log-loss is than that of guessing by frequency, 1 at best: higher is better.</summary>
    LogLossReduction = 3,
}
