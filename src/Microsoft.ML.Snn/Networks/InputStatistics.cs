namespace Microsoft.ML.Snn.Networks;

/// <summary>How much input one example brings, on average.</summary>
/// <param name="Sum">Sum of the absolute values of its events.</param>
/// <param name="SumOfSquares">Sum of the squares of its events.</param>
/// <param name="IsConstantCurrent">Whether the events last the whole trial.</param>
internal readonly record struct InputStatistics(double Sum, double SumOfSquares, bool IsConstantCurrent);
