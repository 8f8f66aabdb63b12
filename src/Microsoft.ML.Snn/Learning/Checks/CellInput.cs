namespace Microsoft.ML.Snn.Learning.Checks;

/// <summary>A weight that arrives at a moment, in milliseconds.</summary>
internal readonly record struct CellInput(double Time, double Weight);
