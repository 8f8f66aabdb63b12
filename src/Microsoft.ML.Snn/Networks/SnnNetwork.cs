using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Describes a spiking network: its layers and how their weights begin. Sizes of input and output come from the data.</summary>
/// <remarks>Immutable; one description serves any number of trainings.</remarks>
public sealed class SnnNetwork
{
    private SnnNetwork(Layer[] layers) => Layers = Array.AsReadOnly(layers);

    /// <summary>Gets the layers in the order of the data flow; the last one is the output.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    internal IEnumerable<SpikingLayer> Hidden => Layers.OfType<SpikingLayer>();

    internal OutputLayer Output => (OutputLayer)Layers[^1];

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

    /// <summary>One line per layer.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Layers);
}
