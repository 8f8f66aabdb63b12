namespace Microsoft.ML.Snn.Equations;

/// <summary>The losses that <see cref="LossEquations"/> defines.</summary>
internal enum LossKind
{
    /// <summary>One class out of several.</summary>
    SoftmaxCrossEntropy,

    /// <summary>Each output says yes or no on its own.</summary>
    SigmoidCrossEntropy,

    /// <summary>Each output is a number.</summary>
    MeanSquaredError,
}
