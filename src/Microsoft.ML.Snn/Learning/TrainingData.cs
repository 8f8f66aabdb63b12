using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Labelled examples.</summary>
/// <param name="Trains">The input.</param>
/// <param name="Targets">What each example should give.</param>
/// <param name="Weights">Weight of each example in the loss, or null where all are 1.</param>
internal sealed record TrainingData(SpikeTrains Trains, Targets Targets, float[]? Weights);
