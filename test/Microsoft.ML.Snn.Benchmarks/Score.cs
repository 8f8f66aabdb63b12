using System.Collections.Generic;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>What one contender reached.</summary>
/// <param name="Name">Name of the contender.</param>
/// <param name="SecondsPerEpoch">Median over the epochs.</param>
/// <param name="PhaseSeconds">Median of each phase over the epochs.</param>
/// <param name="Result">Evaluation of the test examples after the last epoch.</param>
/// <param name="PeakMemoryMb">Most memory of the process so far in MiB.</param>
internal sealed record Score(
    string Name,
    double SecondsPerEpoch,
    IReadOnlyDictionary<string, double> PhaseSeconds,
    EvaluationResult Result,
    double PeakMemoryMb);
