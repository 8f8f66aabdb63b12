using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The output layer of leaky integrators; the number of outputs comes from the data, the loss from the task if it is null.</summary>
internal sealed record OutputLayer(Readout Readout, LeakyIntegrator Neuron, Synapse Synapse, Weights Weights, Loss? Loss)
    : Layer
{
    /// <summary>Whether models have known all of it from the beginning of their format.</summary>
    public bool IsClassic => Synapse is not AlphaSynapse && Neuron.IsPlain;

    public void Validate()
    {
        Require.Defined(Readout, "Use Readout.AverageMembrane.");
        Neuron.Validate();
        Synapse.Validate();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Output leaky integrators, membrane {Neuron.MembraneTime} ms, {Synapse}, readout {Readout}")
        + (Loss == null ? "" : $", loss {Loss}");
}
