using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Loops over neighbouring weights that lead anywhere.</summary>
/// <remarks>
/// Eight at a time where there are eight: rows of a random table have lengths that no processor can guess, and a loop over
/// what is left of each would cost more than the sums. So the last eight begin where they end with the row, and those of
/// them that have been met already are left out or written again with the same bits.
/// </remarks>
internal static unsafe class ScatteredLoops
{
    private const int Eight = 8;

    /// <summary>sums[targets[n]] += scale·weights[n]. A target may be there twice.</summary>
    public static void Add(float* weights, float scale, int* targets, int length, float* sums)
    {
        if (length < Eight)
        {
            for (int k = 0; k < length; k++)
            {
                sums[targets[k]] += scale * weights[k];
            }

            return;
        }

        Vector256<float> factor = Vector256.Create(scale);
        int n = 0;
        for (; n < length - Eight; n += Eight)
        {
            Scatter(Vector256.Load(weights + n) * factor, targets + n, sums);
        }

        int last = length - Eight;
        Scatter(Vector256.Load(weights + last) * factor & From(n - last), targets + last, sums);
    }

    /// <summary>gradient[n] += scale·derivatives[targets[n]].</summary>
    public static void AddGradient(float* gradient, float scale, int* targets, int length, float* derivatives)
    {
        if (length < Eight)
        {
            for (int k = 0; k < length; k++)
            {
                gradient[k] += scale * derivatives[targets[k]];
            }

            return;
        }

        // The last eight are read before any is written.
        Vector256<float> factor = Vector256.Create(scale);
        int last = length - Eight;
        Vector256<float> end = Vector256.Load(gradient + last) + factor * Gather(derivatives, targets + last);
        for (int n = 0; n < last; n += Eight)
        {
            (Vector256.Load(gradient + n) + factor * Gather(derivatives, targets + n)).Store(gradient + n);
        }

        end.Store(gradient + last);
    }

    /// <summary>Σ weights[n]·errors[targets[n]].</summary>
    public static float Product(float* weights, int* targets, int length, float* errors)
    {
        float sum = 0;
        if (length < Eight)
        {
            for (int k = 0; k < length; k++)
            {
                sum += weights[k] * errors[targets[k]];
            }

            return sum;
        }

        Vector256<float> lanes = Vector256<float>.Zero;
        int n = 0;
        for (; n < length - Eight; n += Eight)
        {
            lanes += Vector256.Load(weights + n) * Gather(errors, targets + n);
        }

        int last = length - Eight;
        lanes += Vector256.Load(weights + last) * Gather(errors, targets + last) & From(n - last);
        return Vector256.Sum(lanes);
    }

    /// <summary>Σ errors[targets[n]].</summary>
    public static float Sum(int* targets, int length, float* errors)
    {
        float sum = 0;
        for (int n = 0; n < length; n++)
        {
            sum += errors[targets[n]];
        }

        return sum;
    }

    /// <summary>All bits of the elements from one on, and none of those before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> From(int first) =>
        Vector256.GreaterThanOrEqual(Vector256<int>.Indices, Vector256.Create(first)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Gather(float* source, int* indices) => Avx2.IsSupported
        ? Avx2.GatherVector256(source, Vector256.Load(indices), sizeof(float))
        : Vector256.Create(
            source[indices[0]], source[indices[1]], source[indices[2]], source[indices[3]],
            source[indices[4]], source[indices[5]], source[indices[6]], source[indices[7]]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scatter(Vector256<float> values, int* targets, float* sums)
    {
        // One after the other: a target may be there twice.
        sums[targets[0]] += values.GetElement(0);
        sums[targets[1]] += values.GetElement(1);
        sums[targets[2]] += values.GetElement(2);
        sums[targets[3]] += values.GetElement(3);
        sums[targets[4]] += values.GetElement(4);
        sums[targets[5]] += values.GetElement(5);
        sums[targets[6]] += values.GetElement(6);
        sums[targets[7]] += values.GetElement(7);
    }
}
