using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>The rows of a <see cref="StretchTable"/> where they are now, for a loop that keeps their places in registers.</summary>
/// <param name="membrane">exp(-s/τm), shape [arrival].</param>
/// <param name="synapse">exp(-s/τs), shape [arrival].</param>
/// <param name="into">What a current of 1 adds to V, shape [arrival].</param>
/// <param name="adjointRatio">τm/τs.</param>
internal readonly unsafe struct StretchRows(double* membrane, double* synapse, double* into, double adjointRatio)
{
    /// <summary>The stretch that arrival <paramref name="k"/> begins; of length 0 where the next comes at the same time.</summary>
    public SegmentDecay this[int k]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(membrane[k], synapse[k], into[k], adjointRatio * into[k]);
    }

    /// <summary>The same for four neurons.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentDecays OnAll(int k) => new(Vector256.Create(membrane[k]), Vector256.Create(synapse[k]), Vector256.Create(into[k]));
}
