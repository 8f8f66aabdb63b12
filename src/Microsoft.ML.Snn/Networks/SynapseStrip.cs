namespace Microsoft.ML.Snn.Networks;

/// <summary>Synapses of one row with neighbouring weights that lead anywhere: weight <c>Weight + n</c> to column <c>Targets[First + n]</c> of the table, for n below <c>Length</c>.</summary>
/// <param name="Weight">Index of the first weight.</param>
/// <param name="First">Index of the first target.</param>
/// <param name="Length">Number of synapses, 1 or more.</param>
internal readonly record struct SynapseStrip(int Weight, int First, int Length);
