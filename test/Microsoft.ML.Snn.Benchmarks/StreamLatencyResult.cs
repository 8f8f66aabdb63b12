namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Microseconds per step, and the hidden neurons that spike in one.</summary>
internal sealed record StreamLatencyResult(double Median, double Percentile99, double Percentile999, double SpikesPerStep, bool IsFinite);
