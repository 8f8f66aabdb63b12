using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>One layer of a network, with the connections that lead into it.</summary>
/// <remarks>Created by <see cref="Dense"/> and <see cref="Output"/>. Immutable: one description serves any number of trainings.</remarks>
public abstract record Layer
{
    private protected Layer()
    {
    }

    /// <summary>A layer of spiking neurons, each connected to every neuron of the layer before.</summary>
    /// <param name="units">Number of neurons, 1 to 1 048 576.</param>
    /// <param name="neuron">The neuron; by default <see cref="LeakyIntegrateFire"/> with its defaults.</param>
    /// <param name="synapse">The synapse; by default <see cref="ExponentialSynapse"/> with its defaults.</param>
    /// <param name="recurrent">Whether each neuron is also connected to every neuron of this layer.</param>
    /// <param name="weights">Initial weights from the layer before; by default <see cref="Weights.Balanced"/>.</param>
    /// <param name="recurrentWeights">Initial weights within the layer; by default <see cref="Weights.Balanced"/>.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Layer Dense(
        int units,
        Neuron? neuron = null,
        Synapse? synapse = null,
        bool recurrent = false,
        Weights? weights = null,
        Weights? recurrentWeights = null)
    {
        var layer = new SpikingLayer(
            units, neuron ?? new LeakyIntegrateFire(), synapse ?? new ExponentialSynapse(), recurrent, weights ?? Weights.Balanced, recurrentWeights ?? Weights.Balanced);
        layer.Validate();
        return layer;
    }

    /// <summary>The last layer: one leaky integrator per class, or per number to predict.</summary>
    /// <param name="readout">How the membrane potential becomes a score.</param>
    /// <param name="neuron">The neuron; by default <see cref="LeakyIntegrator"/> with its defaults.</param>
    /// <param name="synapse">The synapse; by default <see cref="ExponentialSynapse"/> with its defaults.</param>
    /// <param name="weights">Initial weights; by default <see cref="Weights.Balanced"/>.</param>
    /// <param name="loss">What training makes small; by default what suits the task.</param>
    /// <param name="firstSpike">
    /// The loss of <see cref="Readout.FirstSpikeTime"/>; by default <see cref="FirstSpikeLoss.CrossEntropy"/>. Other readouts do not use it.
    /// </param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Layer Output(
        Readout readout = Readout.AverageMembrane,
        LeakyIntegrator? neuron = null,
        Synapse? synapse = null,
        Weights? weights = null,
        Loss? loss = null,
        FirstSpikeLoss? firstSpike = null)
    {
        var layer = new OutputLayer(readout, neuron ?? new(), synapse ?? new ExponentialSynapse(), weights ?? Weights.Balanced, loss)
        {
            FirstSpike = firstSpike ?? FirstSpikeLoss.CrossEntropy(),
        };
        layer.Validate();
        return layer;
    }
}
