using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>
/// The output layer of leaky integrators, or of spiking neurons where the first spike is the answer; the number of outputs comes
/// from the data, the loss from the task if it is null.
/// </summary>
internal sealed record OutputLayer(Readout Readout, LeakyIntegrator Neuron, Synapse Synapse, Weights Weights, Loss? Loss)
    : Layer
{
    /// <summary>Whether models have known all of it from the beginning of their format.</summary>
    public bool IsClassic => Synapse is not AlphaSynapse && Neuron.IsPlain;

    /// <summary>The threshold of outputs that spike: their weights are scaled instead.</summary>
    public const float Threshold = 1;

    /// <summary>The loss of first spike times; unused by other readouts.</summary>
    public FirstSpikeLoss FirstSpike { get; init; } = FirstSpikeLoss.CrossEntropy();

    public void Validate()
    {
        Require.Defined(Readout, "Use Readout.AverageMembrane.");
        Neuron.Validate();
        Synapse.Validate();
        CustomNeuron.CellOf(null, [Synapse], timeStep: 1);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Output {(Readout == Readout.FirstSpikeTime ? "leaky integrate-and-fire" : "leaky integrators")}, membrane {Neuron.MembraneTime} ms, {Synapse}, readout {Readout}")
        + (Loss == null ? "" : $", loss {Loss}");
}
