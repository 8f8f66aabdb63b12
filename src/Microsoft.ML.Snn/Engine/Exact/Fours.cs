using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Moves four doubles to and from four floats in memory.</summary>
internal static unsafe class Fours
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(float* source)
    {
        Vector128<float> values = Vector128.Load(source);
        if (Avx.IsSupported)
        {
            return Avx.ConvertToVector256Double(values);
        }

        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(values);
        return Vector256.Create(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<double> values, float* target)
    {
        Vector128<float> narrow = Avx.IsSupported
            ? Avx.ConvertToVector128Single(values)
            : Vector128.Narrow(values.GetLower(), values.GetUpper());
        narrow.Store(target);
    }
}
