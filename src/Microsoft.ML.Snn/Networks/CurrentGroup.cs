namespace Microsoft.ML.Snn.Networks;

/// <summary>The synapses of a population that share one kind and time constant, and so one current per neuron.</summary>
/// <param name="Kind">What a spike does.</param>
/// <param name="Time">Time constant τs in milliseconds; unused for <see cref="SynapseKind.Delta"/>.</param>
internal readonly record struct CurrentGroup(SynapseKind Kind, double Time);
