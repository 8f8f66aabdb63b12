using System.Collections.Generic;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Where the time of one epoch went.</summary>
/// <param name="Seconds">Wall time of the epoch.</param>
/// <param name="PhaseSeconds">Wall time of its named parts, which add up to the epoch.</param>
internal sealed record EpochResult(double Seconds, IReadOnlyDictionary<string, double> PhaseSeconds);
