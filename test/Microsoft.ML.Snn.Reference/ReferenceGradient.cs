namespace Microsoft.ML.Snn.Reference;

/// <summary>The derivatives of a loss by everything that an exact network was given.</summary>
/// <param name="Weights">By <see cref="ReferenceLayer.Weights"/>, one array per layer.</param>
/// <param name="RecurrentWeights">By <see cref="ReferenceLayer.RecurrentWeights"/>; null where a layer has none.</param>
/// <param name="InputTimes">By the time of each input spike, per millisecond, in the order of the inputs.</param>
public sealed record ReferenceGradient(double[][,] Weights, double[,]?[] RecurrentWeights, double[] InputTimes);
