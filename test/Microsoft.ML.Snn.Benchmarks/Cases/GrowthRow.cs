namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>One row of the table of growth.</summary>
/// <param name="What">What is changed.</param>
/// <param name="Value">What it is.</param>
/// <param name="X">The same as a number, for pictures.</param>
/// <param name="Seconds">Seconds of wall time per example, all threads together.</param>
/// <param name="Spikes">Spikes of input and hidden layers per example.</param>
/// <param name="Bytes">Memory per example in flight.</param>
internal sealed record GrowthRow(string What, string Value, double X, double Seconds, double Spikes, double Bytes);
