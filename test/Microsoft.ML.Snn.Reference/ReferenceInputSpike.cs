namespace Microsoft.ML.Snn.Reference;

/// <summary>A spike that enters a network from outside.</summary>
/// <param name="Time">Milliseconds since the start of the trial, 0 or more.</param>
/// <param name="Channel">Row of the first layer's weights.</param>
/// <param name="Value">Factor of those weights.</param>
public readonly record struct ReferenceInputSpike(double Time, int Channel, double Value = 1);
