namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Normal distribution of initial weights.</summary>
internal readonly record struct WeightDistribution(double Mean, double StandardDeviation);
