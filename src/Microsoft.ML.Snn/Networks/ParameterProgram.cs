namespace Microsoft.ML.Snn.Networks;

/// <summary>A group of numbers that are learned together by one optimiser.</summary>
/// <param name="Index">Place among the parameters of the program.</param>
/// <param name="Name">Name of the connection or layer it belongs to.</param>
/// <param name="Kind">What it is.</param>
internal sealed record ParameterProgram(int Index, string Name, ParameterKind Kind)
{
    /// <summary>The connection of weights and delays, the population of all else.</summary>
    public int Owner { get; init; }

    /// <summary>The current group of a synaptic time constant, the slot of a number of a user's neuron.</summary>
    public int Group { get; init; }

    /// <summary>How many numbers.</summary>
    public int Length { get; init; }
}
