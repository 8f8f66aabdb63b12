namespace Microsoft.ML.Snn.Reference;

/// <summary>One event of an exact trial.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Time">Milliseconds since the start of the trial.</param>
/// <param name="Layer">Index of the neuron's layer; -1 for an input spike.</param>
/// <param name="Index">Index of the neuron in its layer; for an input spike its place in the given inputs.</param>
/// <param name="Current">The neuron's current just before this event; NaN for an input spike.</param>
public readonly record struct ReferenceEvent(
    ReferenceEventKind Kind, double Time, int Layer, int Index, double Current);
