namespace Microsoft.ML.Snn;

/// <summary>One spike of a trial.</summary>
/// <param name="Time">
/// Milliseconds since the trial began. On a grid of steps a neuron that crosses its threshold in step n spikes at (n + 1) time steps, when
/// its targets hear of it; an input of step n arrives at n time steps. Of an event-driven network the exact time.
/// </param>
/// <param name="Neuron">Which neuron or channel of its layer, from 0.</param>
public readonly record struct RecordedSpike(double Time, int Neuron);
