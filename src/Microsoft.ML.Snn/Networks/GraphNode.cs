using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>An input, a population or an output of a network that is described with a <see cref="GraphBuilder"/>. Immutable.</summary>
public sealed class GraphNode
{
    internal GraphNode(GraphBuilder builder, int index, string name, NodeKind kind, Shape? shape) =>
        (Builder, Index, Name, Kind, Shape) = (builder, index, name, kind, shape);

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the shape that was given, or null where it follows from the data or from a connectivity.</summary>
    public Shape? Shape { get; }

    internal GraphBuilder Builder { get; }

    /// <summary>Place among the nodes of the builder.</summary>
    internal int Index { get; }

    internal NodeKind Kind { get; }

    /// <summary>The neuron of a population.</summary>
    internal Neuron? Neuron { get; init; }

    /// <summary>The neuron of an output.</summary>
    internal LeakyIntegrator? Integrator { get; init; }

    /// <summary>What is read from an output.</summary>
    internal Readout Readout { get; init; }

    /// <summary>The loss of an output, or null for that of the task.</summary>
    internal Loss? Loss { get; init; }

    /// <summary>What the loss of an output counts for.</summary>
    internal double LossWeight { get; init; } = 1;

    /// <summary>The loss of an output whose first spike is read.</summary>
    internal FirstSpikeLoss? FirstSpike { get; init; }

    /// <summary>The name and the shape.</summary>
    public override string ToString() => Shape is null ? Name : $"{Name} {Shape}";
}
