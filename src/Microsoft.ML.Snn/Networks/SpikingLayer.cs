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
    /// <summary>Whether models have known all of it from the beginning of their format.</summary>
    public bool IsClassic => Synapse is not AlphaSynapse && Neuron.Bias == 0 && Neuron.PerNeuron is null
        && Neuron.Learned == LearnedParameters.None && Neuron is (LeakyIntegrateFire or AdaptiveLeakyIntegrateFire);

    public void Validate()
    {
        Require.InRange(Units, 1, 1 << 20, "Typical layers have 64 to 1024 neurons.");
        Neuron.Validate();
        Neuron.PerNeuron?.CheckLengths("Layer.Dense", Units);
        Synapse.Validate();
        CustomNeuron.CellOf(Neuron, [Synapse], timeStep: 1);
    }

    public override string ToString() => Neuron is CustomNeuron
        ? string.Create(CultureInfo.InvariantCulture, $"Dense {Units} {Neuron}, {Synapse}{(Recurrent ? ", recurrent" : "")}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Dense {Units} {(Neuron is AdaptiveLeakyIntegrateFire ? "adaptive leaky " : Neuron is IntegrateFire ? "" : "leaky ")}integrate-and-fire, membrane {Neuron.LeakTime} ms, {Synapse}")
            + (Recurrent ? ", recurrent" : "");
}
