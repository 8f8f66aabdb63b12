namespace Microsoft.ML.Snn.Networks;

/// <summary>How a connection is rewired while it learns.</summary>
/// <param name="Rule">The user's rule.</param>
/// <param name="Seed">Seed of the choices.</param>
/// <param name="Stream">Stream of the seed.</param>
/// <param name="AllowSelf">Whether neuron n may be connected to neuron n.</param>
internal sealed record RewiringProgram(DeepRewiring Rule, int Seed, int Stream, bool AllowSelf);
