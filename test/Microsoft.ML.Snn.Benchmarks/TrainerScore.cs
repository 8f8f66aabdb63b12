namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>How one trainer did on one table.</summary>
internal sealed record TrainerScore(
    string Data, string Trainer, double Accuracy, double TrainingSeconds, long ModelBytes, double SingleMicroseconds, double BatchMicroseconds);
