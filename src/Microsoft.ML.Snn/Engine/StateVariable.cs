namespace Microsoft.ML.Snn;

/// <summary>What a <see cref="StateRecorder"/> reads of a neuron, at the end of each time step and after any reset of that step.</summary>
public enum StateVariable
{
    /// <summary>The membrane potential V in units of the threshold; of a neuron of one's own the first variable.</summary>
    Membrane,

    /// <summary>The synaptic current I, the sum over the synapses of different time constants; of a synapse of one's own its first variable.</summary>
    Current,

    /// <summary>The adaptation A of <see cref="AdaptiveLeakyIntegrateFire"/>: 1 per spike, decaying.</summary>
    Adaptation,

    /// <summary>The threshold of a spiking neuron of the library as the next step will test it.</summary>
    Threshold,

    /// <summary>The readout of an output neuron as far as it has come: at the last step what the loss is taken of.</summary>
    /// <remarks>Before probabilities are made of it, and before the label's unit is put back.</remarks>
    Readout,

    /// <summary>The second variable of a neuron of one's own.</summary>
    SecondVariable,

    /// <summary>The third variable of a neuron of one's own.</summary>
    ThirdVariable,

    /// <summary>The fourth variable of a neuron of one's own.</summary>
    FourthVariable,
}
