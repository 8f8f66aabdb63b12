namespace Microsoft.ML.Snn;

/// <summary>How a network is carried through time.</summary>
public enum Integrator
{
    /// <summary>In steps: spikes lie on a grid of time. Runs every network, on every device.</summary>
    Grid = 0,

    /// <summary>
    /// From event to event: no time step, spike times are exact. Runs sequences of layers without refractory periods, recurrent
    /// ones too, on the CPU. Its cost follows the number of spikes and not the length of the trial. A spike reaches its own layer
    /// at the very moment at which it happens; on the grid that is one step later.
    /// </summary>
    EventDriven = 1,
}
