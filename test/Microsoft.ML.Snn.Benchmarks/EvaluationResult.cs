namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>How well a contender classifies, and how busy its hidden layer is.</summary>
/// <param name="Accuracy">Share of correct classes, 0 to 1.</param>
/// <param name="HiddenSpikesPerExample">Mean number of spikes of the whole hidden layer.</param>
internal readonly record struct EvaluationResult(double Accuracy, double HiddenSpikesPerExample);
