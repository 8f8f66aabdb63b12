using System;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Runs a trained network forward. Not thread-safe: each thread has its own, all share the weights.</summary>
internal abstract class NetworkScorer : IDisposable
{
    /// <summary>Scores of every example: class probabilities, or outputs as they are where there are no classes.</summary>
    /// <param name="trains">The examples, of the network's size.</param>
    /// <param name="scores">Shape [example, output], or [example, step, output] for the readout of every step.</param>
    public abstract void Score(SpikeTrains trains, Span<float> scores);

    public abstract void Dispose();
}
