using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Loops over runs of synapses of any length.</summary>
internal static unsafe class SegmentLoops<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>target[n] += scale·source[n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float* source, float scale, float* target, int length)
    {
        int n = 0;
        for (; n <= length - TLane.Width; n += TLane.Width)
        {
            TLane.Store(TLane.Load(target + n) + TLane.Splat(scale) * TLane.Load(source + n), target + n);
        }

        for (; n < length; n++)
        {
            target[n] += scale * source[n];
        }
    }

    /// <summary>Σ a[n].</summary>
    public static float Sum(float* a, int length)
    {
        float sum = 0;
        for (int n = 0; n < length; n++)
        {
            sum += a[n];
        }

        return sum;
    }

    /// <summary>Σ a[n]·b[n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* a, float* b, int length)
    {
        float sum = 0;
        int n = 0;
        if (length >= TLane.Width)
        {
            TLane lanes = TLane.Splat(0);
            for (; n <= length - TLane.Width; n += TLane.Width)
            {
                lanes += TLane.Load(a + n) * TLane.Load(b + n);
            }

            sum = TLane.Sum(lanes);
        }

        for (; n < length; n++)
        {
            sum += a[n] * b[n];
        }

        return sum;
    }
}
