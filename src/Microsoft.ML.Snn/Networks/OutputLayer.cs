using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The output layer of leaky integrators; the number of classes comes from the data.</summary>
internal sealed record OutputLayer(Readout Readout, LeakyIntegrator Neuron, ExponentialSynapse Synapse, Weights Weights)
    : Layer
{
    public void Validate()
    {
        if (!Enum.IsDefined(Readout))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Readout), Readout, $"Readout must be one of {string.Join(", ", Enum.GetNames<Readout>())}, but was {Readout}.");
        }

        Neuron.Validate();
        Synapse.Validate();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Output leaky integrators, membrane {Neuron.MembraneTime} ms, synapse {Synapse.Time} ms, readout {Readout}");
}
