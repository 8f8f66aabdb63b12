using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.Snn.Equations;

/// <summary>What four stretches of time, each of its own length, do to four neurons; see <see cref="SegmentDecay"/>.</summary>
/// <param name="Membrane">exp(-s/τm).</param>
/// <param name="Synapse">exp(-s/τs).</param>
/// <param name="CurrentIntoMembrane">What a current of 1 adds to V.</param>
internal readonly record struct SegmentDecays(
    Vector256<double> Membrane, Vector256<double> Synapse, Vector256<double> CurrentIntoMembrane)
{
    /// <summary>Moves potentials and currents forward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Vector256<double> V, Vector256<double> I) Step(Vector256<double> v, Vector256<double> i) =>
        (Membrane * v + CurrentIntoMembrane * i, Synapse * i);
}
