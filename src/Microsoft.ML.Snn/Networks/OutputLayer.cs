using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The output layer of leaky integrators; the number of classes comes from the data.</summary>
internal sealed record OutputLayer(Readout Readout, LeakyIntegrator Neuron, Synapse Synapse, Weights Weights)
    : Layer
{
    public void Validate()
    {
        Require.Defined(Readout, "Use Readout.AverageMembrane.");
        Neuron.Validate();
        Synapse.Validate();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Output leaky integrators, membrane {Neuron.MembraneTime} ms, {Synapse}, readout {Readout}");
}
