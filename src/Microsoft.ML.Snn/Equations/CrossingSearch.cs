using System.Runtime.Intrinsics;

namespace Microsoft.ML.Snn.Equations;

/// <summary>A search for the crossings of four neurons, between two steps; see <see cref="MembraneSegment.Begin"/>.</summary>
/// <param name="Time">Where each is looked for, milliseconds from now.</param>
/// <param name="Low">A time before the crossing.</param>
/// <param name="High">A time after it.</param>
/// <param name="Left">All bits set for those that have not arrived.</param>
/// <param name="Steps">Number of steps so far.</param>
internal readonly record struct CrossingSearch(
    Vector256<double> Time, Vector256<double> Low, Vector256<double> High, Vector256<double> Left, int Steps);
