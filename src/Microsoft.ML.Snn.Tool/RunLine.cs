namespace Microsoft.ML.Snn.Tool;

/// <summary>A run of a search, as it is printed.</summary>
internal sealed record RunLine(int Run, string Trainer, double Score, double Seconds, string Settings);
