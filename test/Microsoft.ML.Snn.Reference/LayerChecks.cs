using System;
using System.Collections.Generic;
using System.Globalization;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Checks a stack of layers before any work.</summary>
internal static class LayerChecks
{
    public static ReferenceLayer[] Checked(IReadOnlyList<ReferenceLayer> layers)
    {
        if (layers.Count == 0)
        {
            throw new ArgumentException("layers must hold at least the output layer, but was empty.", nameof(layers));
        }

        for (int l = 0; l < layers.Count; l++)
        {
            Check(layers[l], l);
            if (l > 0 && layers[l].InputCount != layers[l - 1].NeuronCount)
            {
                Fail(l, "Weights must have a row for each neuron below", layers[l].InputCount);
            }
        }

        if (layers[^1].RecurrentWeights is not null)
        {
            Fail(layers.Count - 1, "RecurrentWeights must be null in the output layer, which never spikes", "set");
        }

        return [.. layers];
    }

    private static void Check(ReferenceLayer layer, int l)
    {
        // Written so that NaN fails.
        if (!(layer.MembraneTime > 0 && layer.SynapseTime > 0))
        {
            Fail(l, "MembraneTime and SynapseTime must be above 0", (layer.MembraneTime, layer.SynapseTime));
        }

        if (!(layer.Threshold > 0 && layer.Threshold > layer.Reset))
        {
            Fail(l, "Threshold must be above 0 and above Reset", (layer.Threshold, layer.Reset));
        }

        if (!(layer.RefractoryPeriod >= 0))
        {
            Fail(l, "RefractoryPeriod must be 0 or more", layer.RefractoryPeriod);
        }

        if (layer.RecurrentWeights is { } recurrent
            && (recurrent.GetLength(0) != layer.NeuronCount || recurrent.GetLength(1) != layer.NeuronCount))
        {
            Fail(l, "RecurrentWeights must be square", (recurrent.GetLength(0), recurrent.GetLength(1)));
        }
    }

    private static void Fail<T>(int layer, string rule, T value) => throw new ArgumentException(
        string.Create(CultureInfo.InvariantCulture, $"Layer {layer}: {rule}, but was {value}."));
}
