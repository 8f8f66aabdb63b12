using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>The spikes of one layer in one trial. Immutable.</summary>
public sealed class RecordedSpikes
{
    internal RecordedSpikes(IReadOnlyList<RecordedSpike> spikes) => Spikes = spikes;

    /// <summary>Gets the number of the row, from 0.</summary>
    public required long Example { get; init; }

    /// <summary>Gets the name of the layer or input.</summary>
    public required string Layer { get; init; }

    /// <summary>Gets the number of neurons of the whole layer.</summary>
    public required int NumberOfNeurons { get; init; }

    /// <summary>Gets the length of the trial in milliseconds; that of the example where examples have lengths of their own.</summary>
    public required double Duration { get; init; }

    /// <summary>Gets the length of a time step in milliseconds.</summary>
    public required double TimeStep { get; init; }

    /// <summary>Gets the number of epochs that a training had completed; null of a trained network.</summary>
    public int? Epoch { get; init; }

    /// <summary>Gets the number of updates that a training had made; null of a trained network.</summary>
    public long? Update { get; init; }

    /// <summary>Gets the spikes of the neurons and times that were asked for, in order of time.</summary>
    public IReadOnlyList<RecordedSpike> Spikes { get; }
}
