namespace Microsoft.ML.Snn.Networks;

/// <summary>A run of synapses of one row: weight <c>Weight + n</c> leads to column <c>Target + n</c>, for n below <c>Length</c>.</summary>
/// <param name="Target">First column, that is postsynaptic neuron.</param>
/// <param name="Weight">Index of the first weight.</param>
/// <param name="Length">Number of synapses, 1 or more.</param>
internal readonly record struct SynapseSegment(int Target, int Weight, int Length);
