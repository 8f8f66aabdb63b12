namespace Microsoft.ML.Snn.Networks;

/// <summary>One connection of a graph as it was described.</summary>
internal sealed record NodeConnection(
    GraphNode From, GraphNode To, Connectivity Connectivity, Synapse Synapse, Weights Weights, Delay Delay);
