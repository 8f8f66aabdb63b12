namespace Microsoft.ML.Snn.Reference;

/// <summary>One synapse of a <see cref="GridLink"/>.</summary>
/// <param name="From">Neuron or input channel that spikes come from.</param>
/// <param name="To">Neuron that they go to.</param>
/// <param name="Weight">Which weight.</param>
/// <param name="Delay">Which delay.</param>
public readonly record struct GridSynapse(int From, int To, int Weight, int Delay);
