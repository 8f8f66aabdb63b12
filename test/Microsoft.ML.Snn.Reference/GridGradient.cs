namespace Microsoft.ML.Snn.Reference;

/// <summary>The EventProp gradient on the grid.</summary>
/// <param name="Weights">By <see cref="ReferenceLayer.Weights"/>, one array per layer.</param>
/// <param name="RecurrentWeights">By <see cref="ReferenceLayer.RecurrentWeights"/>; null where a layer has none.</param>
/// <param name="GrazingSpikeCount">How many spikes were under <see cref="GridSettings.GrazingLimit"/>.</param>
public sealed record GridGradient(double[][,] Weights, double[,]?[] RecurrentWeights, int GrazingSpikeCount);
