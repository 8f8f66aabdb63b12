namespace Microsoft.ML.Snn.Reference;

/// <summary>A spike that enters a grid network from outside.</summary>
/// <param name="Step">Index n of the step at whose start it arrives, 0 to N - 1.</param>
/// <param name="Channel">Row of the first layer's weights.</param>
/// <param name="Value">Factor of those weights.</param>
public readonly record struct GridInputSpike(int Step, int Channel, double Value = 1);
