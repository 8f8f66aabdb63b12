using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.Snn.Equations;

/// <summary>One of two numbers, element by element, where a comparison says which.</summary>
internal static class Choice
{
    /// <summary><paramref name="yes"/> where all bits of <paramref name="mask"/> are set, <paramref name="no"/> where none is.</summary>
    /// <remarks>A general choice by bits takes three instructions where the mask is used more than once.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Of(Vector256<double> mask, Vector256<double> yes, Vector256<double> no) => Avx.IsSupported
        ? Avx.BlendVariable(no, yes, mask)
        : Vector256.ConditionalSelect(mask, yes, no);
}
