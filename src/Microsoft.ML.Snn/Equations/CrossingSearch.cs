using System.Runtime.Intrinsics;

namespace Microsoft.ML.Snn.Equations;

/// <summary>A search for the crossings of four neurons, between two steps; see <see cref="MembraneSegment.Begin"/>.</summary>
/// <param name="Leaves">Where each is looked for: x = exp(-s/τm), with s the time from now.</param>
/// <param name="Least">x of a time after the crossing.</param>
/// <param name="Most">x of a time before it.</param>
/// <param name="Open">All bits set for those that have not arrived.</param>
/// <param name="Steps">Number of steps so far.</param>
internal readonly record struct CrossingSearch(
    Vector256<double> Leaves, Vector256<double> Least, Vector256<double> Most, Vector256<double> Open, int Steps);
