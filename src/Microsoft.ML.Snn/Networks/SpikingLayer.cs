using System.Globalization;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A dense, optionally recurrent layer of spiking neurons.</summary>
internal sealed record SpikingLayer(
    int Units,
    Neuron Neuron,
    Synapse Synapse,
    bool Recurrent,
    Weights Weights,
    Weights RecurrentWeights) : Layer
{
    public void Validate()
    {
        Require.InRange(Units, 1, 1 << 20, "Typical layers have 64 to 1024 neurons.");
        Neuron.Validate();
        Synapse.Validate();
        if (Neuron is CustomNeuron custom)
        {
            custom.Behind(Synapse, timeStep: 1);
        }
        else if (Synapse is CustomSynapse)
        {
            throw new System.ArgumentException(
                $"A custom synapse must lead to a custom neuron, but leads to {Neuron.GetType().Name}. Use Neuron.Custom.", nameof(Synapse));
        }
    }

    public override string ToString() => Neuron is CustomNeuron
        ? string.Create(CultureInfo.InvariantCulture, $"Dense {Units} {Neuron}, {Synapse}{(Recurrent ? ", recurrent" : "")}")
        : string.Create(
        CultureInfo.InvariantCulture,
        $"Dense {Units} {(Neuron is AdaptiveLeakyIntegrateFire ? "adaptive " : "")}leaky integrate-and-fire, membrane {Neuron.LeakTime} ms, {Synapse}")
        + (Recurrent ? ", recurrent" : "");
}
