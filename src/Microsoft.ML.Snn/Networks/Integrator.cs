namespace Microsoft.ML.Snn;

/// <summary>How a network is carried through time.</summary>
public enum Integrator
{
    /// <summary>In steps: spikes lie on a grid of time. Runs every network, on every device.</summary>
    Grid = 0,

    /// <summary>
    /// From event to event: no time step, spike times are exact. Runs feed-forward networks without refractory periods, on
    /// the CPU. Its cost follows the number of spikes and not the length of the trial.
    /// </summary>
    EventDriven = 1,
}
