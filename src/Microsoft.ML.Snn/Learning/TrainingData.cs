using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Labelled examples.</summary>
/// <param name="Trains">The input.</param>
/// <param name="Labels">Class of each example, 0 to classes - 1.</param>
/// <param name="Weights">Weight of each example in the loss, or null where all are 1.</param>
internal sealed record TrainingData(SpikeTrains Trains, int[] Labels, float[]? Weights);
