using System;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Runs a trained network forward. Not thread-safe: each thread has its own, all share the weights.</summary>
internal abstract class NetworkScorer : IDisposable
{
    /// <summary>Class probabilities of every example.</summary>
    /// <param name="trains">The examples, of the network's size.</param>
    /// <param name="probabilities">Shape [example, class].</param>
    public abstract void Score(SpikeTrains trains, Span<float> probabilities);

    public abstract void Dispose();
}
