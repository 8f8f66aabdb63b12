using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Describes a spiking network: its layers and how their weights begin. Sizes of input and output come from the data.</summary>
/// <remarks>Immutable; one description serves any number of trainings.</remarks>
public sealed class SnnNetwork
{
    private readonly string _text;

    private SnnNetwork(Layer[] layers) =>
        (Layers, _text) = (Array.AsReadOnly(layers), string.Join(Environment.NewLine, layers.AsEnumerable()));

    private SnnNetwork(GraphBuilder graph)
    {
        (Layers, GraphNodes, GraphConnections) = ([], [.. graph.Nodes], [.. graph.Connections]);
        _text = string.Join(Environment.NewLine, GraphNodes.Select(node => node.ToString()).Concat(
            GraphConnections.Select(c => $"{c.From.Name} to {c.To.Name}: {c.Connectivity}, {c.Synapse}")));
    }

    private SnnNetwork(string text) => (Layers, _text, IsFromModel) = ([], text, true);

    /// <summary>Gets the layers in the order of the data flow; the last one is the output. Empty for a graph.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The nodes of a graph; empty for a sequence of layers.</summary>
    internal IReadOnlyList<GraphNode> GraphNodes { get; } = [];

    /// <summary>The connections of a graph; empty for a sequence of layers.</summary>
    internal IReadOnlyList<NodeConnection> GraphConnections { get; } = [];

    /// <summary>Whether it was read from a model, which keeps the program of a graph and not its description.</summary>
    internal bool IsFromModel { get; }

    internal bool IsSequential => Layers.Count > 0;

    internal IEnumerable<SpikingLayer> Hidden => Layers.OfType<SpikingLayer>();

    internal OutputLayer Output => (OutputLayer)Layers[^1];

    /// <summary>What is read from the output, of a graph the first one; null where the description came from a model.</summary>
    internal Readout? OutputReadout => IsSequential ? Output.Readout : FirstOutput?.Readout;

    /// <summary>The loss that the description names for it, or null.</summary>
    internal Loss? OutputLoss => IsSequential ? Output.Loss : FirstOutput?.Loss;

    private GraphNode? FirstOutput => GraphNodes.FirstOrDefault(node => node.Kind == NodeKind.Output);

    /// <summary>A network whose layers follow one another.</summary>
    /// <param name="layers">Any number of <see cref="Layer.Dense"/>, then one <see cref="Layer.Output"/>.</param>
    /// <exception cref="ArgumentException">There is no output layer, or it is not the last.</exception>
    public static SnnNetwork Sequential(params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Length == 0 || layers[^1] is not OutputLayer || layers[..^1].Any(layer => layer is not SpikingLayer))
        {
            string found = layers.Length == 0 ? "no layer" : string.Join(", ", layers.Select(l => l is null ? "null" : l is OutputLayer ? "Output" : "Dense"));
            throw new ArgumentException(
                $"layers must be any number of Layer.Dense and then one Layer.Output, but was {found}. End with Layer.Output().",
                nameof(layers));
        }

        return new SnnNetwork([.. layers]);
    }

    /// <summary>A network whose populations are connected in any way: skips, feedback, several inputs, sparse or convolutional.</summary>
    /// <param name="describe">Is called once, at once, with the builder to describe the network with.</param>
    /// <exception cref="ArgumentException">The graph has no output, or a node that nothing leads to.</exception>
    /// <example>
    /// <code>
    /// SnnNetwork.Graph(graph =>
    /// {
    ///     GraphNode input = graph.Input();
    ///     GraphNode first = graph.Population("first", 128);
    ///     GraphNode second = graph.Population("second", 128, new AdaptiveLeakyIntegrateFire());
    ///     GraphNode output = graph.Output();
    ///     graph.Connect(input, first);
    ///     graph.Connect(first, second, delay: Delay.PerSynapseUniform(0, 20));
    ///     graph.Connect(second, second, Connectivity.Sparse(0.1));
    ///     graph.Connect(first, output);
    ///     graph.Connect(second, output);
    /// });
    /// </code>
    /// </example>
    public static SnnNetwork Graph(Action<GraphBuilder> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var builder = new GraphBuilder();
        describe(builder);
        builder.Validate();
        return new SnnNetwork(builder);
    }

    /// <summary>Stands for the description of a graph that was read from a model.</summary>
    internal static SnnNetwork OfModel(string text) => new(text);

    /// <summary>One line per layer, or per node and connection of a graph.</summary>
    public override string ToString() => _text;
}
