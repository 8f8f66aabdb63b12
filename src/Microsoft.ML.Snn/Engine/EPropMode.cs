namespace Microsoft.ML.Snn;

/// <summary>How <see cref="EProp"/> computes its gradient. Both forms give the same one, up to rounding.</summary>
public enum EPropMode
{
    /// <summary>No state per synapse: scans over time per neuron, then one sum over the spikes. Memory grows with the number of steps.</summary>
    EventDriven = 0,

    /// <summary>The textbook form: every synapse has an eligibility that is updated at every step. Memory does not depend on the number of steps.</summary>
    Online = 1,
}
