using System.Collections.Generic;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>One network of <see cref="CheckedNetworks"/>.</summary>
internal sealed record CheckedCase(string Name, SnnNetwork Network)
{
    public LearningAlgorithm Algorithm { get; init; } = new EventProp();

    /// <summary>How many steps each example goes on after its last spike, or null where all have the same length.</summary>
    public int? StepsAfterLastSpike { get; init; }

    /// <summary>What outputs beside the first learn.</summary>
    public IReadOnlyList<OutputNeed> Further { get; init; } = [];
}
