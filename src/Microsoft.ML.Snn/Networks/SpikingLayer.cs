using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A dense, optionally recurrent layer of leaky integrate-and-fire neurons.</summary>
internal sealed record SpikingLayer(
    int Units,
    LeakyIntegrateFire Neuron,
    ExponentialSynapse Synapse,
    bool Recurrent,
    Weights Weights,
    Weights RecurrentWeights) : Layer
{
    public void Validate()
    {
        Require.InRange(Units, 1, 1 << 20, "Typical layers have 64 to 1024 neurons.");
        Neuron.Validate();
        Synapse.Validate();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Dense {Units} leaky integrate-and-fire, membrane {Neuron.MembraneTime} ms, synapse {Synapse.Time} ms")
        + (Recurrent ? ", recurrent" : "");
}
