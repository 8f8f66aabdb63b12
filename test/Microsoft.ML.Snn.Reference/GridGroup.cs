namespace Microsoft.ML.Snn.Reference;

/// <summary>The synapses of a population of a <see cref="GridGraph"/> that share one current per neuron.</summary>
/// <param name="Kind">What a spike does.</param>
/// <param name="Times">τs of each neuron in milliseconds; not read for <see cref="ExactSynapseKind.Delta"/>.</param>
public sealed record GridGroup(ExactSynapseKind Kind, Moving[] Times);
