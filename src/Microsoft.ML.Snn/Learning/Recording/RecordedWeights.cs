namespace Microsoft.ML.Snn;

/// <summary>The weights of one connection at one moment. Immutable.</summary>
public sealed class RecordedWeights
{
    internal RecordedWeights(SnnConnectionWeights weights) => Weights = weights;

    /// <summary>Gets the number of epochs that a training had completed; null of a trained network.</summary>
    public int? Epoch { get; init; }

    /// <summary>Gets the number of updates that a training had made; null of a trained network.</summary>
    public long? Update { get; init; }

    /// <summary>Gets the weights.</summary>
    public SnnConnectionWeights Weights { get; }
}
