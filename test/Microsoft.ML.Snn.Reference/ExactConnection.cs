namespace Microsoft.ML.Snn.Reference;

/// <summary>Synapses from every neuron of a population, or from the input, to every neuron of another.</summary>
public sealed record ExactConnection
{
    /// <summary>Gets the population that spikes come from, or -1 for the input.</summary>
    public required int Source { get; init; }

    /// <summary>Gets the population that they go to.</summary>
    public required int Target { get; init; }

    /// <summary>Gets the weights, shape [from, to].</summary>
    public required double[,] Weights { get; init; }

    /// <summary>Gets what a spike does.</summary>
    public ExactSynapseKind Kind { get; init; }

    /// <summary>Gets τs in milliseconds.</summary>
    public double SynapseTime { get; init; } = 5;

    /// <summary>Gets the delays in milliseconds, shape [from, to].</summary>
    public required double[,] Delays { get; init; }
}
