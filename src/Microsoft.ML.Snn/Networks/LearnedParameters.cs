using System;

namespace Microsoft.ML.Snn;

/// <summary>Which numbers of a population are learned beside the weights that lead to it, each neuron its own.</summary>
[Flags]
public enum LearnedParameters
{
    /// <summary>Only weights.</summary>
    None = 0,

    /// <summary>The constant current.</summary>
    Bias = 1,

    /// <summary>The membrane time constant. It costs memory in proportion to the number of time steps.</summary>
    MembraneTime = 2,

    /// <summary>The time constants of the synapses that lead to the neuron. They cost memory in proportion to the number of time steps.</summary>
    SynapseTime = 4,

    /// <summary>The threshold.</summary>
    Threshold = 8,
}
