using System.Collections.Generic;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Some synapses between two populations of a <see cref="GridGraph"/>, or from its input to one.</summary>
public sealed record GridLink
{
    /// <summary>Gets the population that spikes come from, or -1 for the input.</summary>
    public required int Source { get; init; }

    /// <summary>Gets the population that they go to.</summary>
    public required int Target { get; init; }

    /// <summary>Gets the group of the target that they add to.</summary>
    public required int Group { get; init; }

    /// <summary>Gets the synapses in any order.</summary>
    public required IReadOnlyList<GridSynapse> Synapses { get; init; }

    /// <summary>Gets the weights; several synapses may share one.</summary>
    public required Moving[] Weights { get; init; }

    /// <summary>Gets the delays: whole steps, and how fast the delay in milliseconds changes.</summary>
    public required Moving[] Delays { get; init; }
}
