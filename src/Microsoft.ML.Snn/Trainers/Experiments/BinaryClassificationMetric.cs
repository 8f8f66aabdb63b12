namespace Microsoft.ML.Snn;

/// <summary>What a binary experiment optimises; each is a property of <see cref="Data.BinaryClassificationMetrics"/>.</summary>
public enum BinaryClassificationMetric
{
    /// <summary>The share of rows that are classified correctly: higher is better.</summary>
    Accuracy = 0,

    /// <summary>The area under the receiver operating characteristic: higher is better.</summary>
    AreaUnderRocCurve = 1,

    /// <summary>The area under the curve of precision against recall: higher is better.</summary>
    AreaUnderPrecisionRecallCurve = 2,

    /// <summary>The harmonic mean of precision and recall: higher is better.</summary>
    F1Score = 3,
}
