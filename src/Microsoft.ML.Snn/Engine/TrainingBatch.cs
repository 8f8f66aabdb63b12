using System;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Which examples of a data set form a batch.</summary>
internal readonly ref struct TrainingBatch
{
    public required SpikeTrains Trains { get; init; }

    /// <summary>Class of every example of the data set, 0 to classes - 1. Shape [example].</summary>
    public required int[] Labels { get; init; }

    /// <summary>Weight of every example of the data set in the loss, or null where all are 1. Shape [example].</summary>
    public required float[]? ExampleWeights { get; init; }

    /// <summary>The examples of this batch, as indices into the data set.</summary>
    public required ReadOnlySpan<int> Examples { get; init; }
}
