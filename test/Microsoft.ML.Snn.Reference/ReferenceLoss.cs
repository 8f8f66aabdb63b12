namespace Microsoft.ML.Snn.Reference;

/// <summary>The loss of one vector of outputs, as the textbook writes it.</summary>
public enum ReferenceLoss
{
    /// <summary>-ln softmax(y)[label]; the target is the label.</summary>
    SoftmaxCrossEntropy,

    /// <summary>Mean over the outputs of -t ln p - (1 - t) ln(1 - p) with p = 1 / (1 + exp(-y)).</summary>
    SigmoidCrossEntropy,

    /// <summary>Mean over the outputs of (y - t)².</summary>
    MeanSquaredError,
}
