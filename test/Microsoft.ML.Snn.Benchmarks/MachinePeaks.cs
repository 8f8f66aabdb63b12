using System;
using System.Diagnostics;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>The most work of each kind that this machine does per second, all threads together.</summary>
/// <remarks>
/// <para>Each kind is a small loop over <see cref="Vector{T}"/> of float, the widest vector that the engine is written
/// with. Every thread runs it on memory of its own for at least 20 ms after a common start, 25 times; the best rates of
/// the threads are summed, because others may use the machine too. The loops are compiled with full optimisation at
/// once, and every thread runs its loop once before it is timed.</para>
/// <para>Sizes are those of the hidden layer of latency-coded MNIST: 784 rows of 128 weights, 392 KiB.</para>
/// </remarks>
/// <param name="MultiplyAdds">Fused multiply-adds of floats in registers.</param>
/// <param name="RowAdds">Synaptic events forward: floats of random rows of a matrix, added to registers.</param>
/// <param name="RowUpdates">Synaptic events backward: floats of random rows of a matrix, to which registers are added.</param>
/// <param name="NeuronUpdates">Leaky integrate-and-fire updates of a state in first-level cache.</param>
/// <param name="CacheBytes">Bytes read and written of three arrays of the size of the layer, as Adam streams them.</param>
/// <param name="MemoryBytes">Bytes read from memory that no cache holds.</param>
internal sealed record MachinePeaks(
    double MultiplyAdds, double RowAdds, double RowUpdates, double NeuronUpdates, double CacheBytes, double MemoryBytes)
{
    private const int RepeatCount = 25;
    private const double SecondsPerRepeat = 0.02;
    private const int RowCount = 784;
    private const int RowLength = 128;
    private const int MemoryFloats = 64 << 20;

    /// <summary>Vectors that a loop holds in registers: enough to hide latency, few enough for 16 registers.</summary>
    private const int BlockVectors = 8;

    public static MachinePeaks Measure(int threads) => new(
        Best(threads, PrepareMultiplyAdds),
        Best(threads, () => PrepareRows(AddRows)),
        Best(threads, () => PrepareRows(UpdateRows)),
        Best(threads, PrepareNeuronUpdates),
        Best(threads, PrepareCacheStream),
        Best(threads, PrepareMemoryStream));

    /// <summary>Sum of the threads' best rates of a kernel, which <paramref name="prepare"/> makes on each thread and which returns its amount of work.</summary>
    private static double Best(int threads, Func<Func<double>> prepare)
    {
        var rates = new double[RepeatCount, threads];
        using var start = new Barrier(threads);
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            Func<double> kernel = prepare();
            kernel();
            for (int repeat = 0; repeat < RepeatCount; repeat++)
            {
                start.SignalAndWait();
                long begin = Stopwatch.GetTimestamp();
                double work = 0;
                double seconds;
                do
                {
                    work += kernel();
                    seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                }
                while (seconds < SecondsPerRepeat);
                rates[repeat, thread] = work / seconds;
            }
        }))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return Enumerable.Range(0, threads)
            .Sum(thread => Enumerable.Range(0, RepeatCount).Max(repeat => rates[repeat, thread]));
    }

    private static Func<double> PrepareMultiplyAdds()
    {
        const int Rounds = 100_000;
        var result = new float[Vector<float>.Count];
        return () =>
        {
            MultiplyAdd(Rounds, result);
            return (double)Rounds * BlockVectors * Vector<float>.Count;
        };
    }

    private static Func<double> PrepareRows(Action<float[], int[], float[]> kernel)
    {
        const int Events = 4096;
        var random = new Random(1);
        var matrix = new float[RowCount * RowLength];
        var target = new float[RowLength];
        int[] rows = [.. Enumerable.Range(0, Events).Select(_ => random.Next(RowCount) * RowLength)];
        return () =>
        {
            kernel(matrix, rows, target);
            return (double)Events * RowLength;
        };
    }

    private static Func<double> PrepareNeuronUpdates()
    {
        const int Steps = 1000;
        var potential = new float[RowLength];
        var current = new float[RowLength];
        return () =>
        {
            UpdateNeurons(potential, current, Steps);
            return (double)Steps * RowLength;
        };
    }

    private static Func<double> PrepareCacheStream()
    {
        var weights = new float[RowCount * RowLength];
        var means = new float[RowCount * RowLength];
        var squares = new float[RowCount * RowLength];
        return () =>
        {
            StreamThree(weights, means, squares);
            return 6.0 * sizeof(float) * weights.Length;
        };
    }

    private static Func<double> PrepareMemoryStream()
    {
        var values = new float[MemoryFloats];
        Array.Fill(values, 1);
        var result = new float[Vector<float>.Count];
        return () =>
        {
            Sum(values, result);
            return (double)sizeof(float) * values.Length;
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAdd(int rounds, float[] result)
    {
        var factor = new Vector<float>(0.5f);
        Vector<float> a0 = factor, a1 = factor, a2 = factor, a3 = factor, a4 = factor, a5 = factor, a6 = factor, a7 = factor;
        for (int round = 0; round < rounds; round++)
        {
            a0 = Vector.FusedMultiplyAdd(a0, factor, factor);
            a1 = Vector.FusedMultiplyAdd(a1, factor, factor);
            a2 = Vector.FusedMultiplyAdd(a2, factor, factor);
            a3 = Vector.FusedMultiplyAdd(a3, factor, factor);
            a4 = Vector.FusedMultiplyAdd(a4, factor, factor);
            a5 = Vector.FusedMultiplyAdd(a5, factor, factor);
            a6 = Vector.FusedMultiplyAdd(a6, factor, factor);
            a7 = Vector.FusedMultiplyAdd(a7, factor, factor);
        }

        (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7).CopyTo(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(float[] matrix, int[] rows, float[] target)
    {
        nuint width = (nuint)Vector<float>.Count;
        for (nuint column = 0; column < RowLength; column += BlockVectors * width)
        {
            ref float block = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(matrix), column);
            Vector<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
            foreach (int row in rows)
            {
                ref float from = ref Unsafe.Add(ref block, row);
                a0 += Vector.LoadUnsafe(ref from);
                a1 += Vector.LoadUnsafe(ref from, width);
                a2 += Vector.LoadUnsafe(ref from, 2 * width);
                a3 += Vector.LoadUnsafe(ref from, 3 * width);
                a4 += Vector.LoadUnsafe(ref from, 4 * width);
                a5 += Vector.LoadUnsafe(ref from, 5 * width);
                a6 += Vector.LoadUnsafe(ref from, 6 * width);
                a7 += Vector.LoadUnsafe(ref from, 7 * width);
            }

            (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7).CopyTo(target, (int)column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UpdateRows(float[] matrix, int[] rows, float[] source)
    {
        nuint width = (nuint)Vector<float>.Count;
        for (nuint column = 0; column < RowLength; column += BlockVectors * width)
        {
            ref float block = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(matrix), column);
            ref float a = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(source), column);
            Vector<float> a0 = Vector.LoadUnsafe(ref a), a1 = Vector.LoadUnsafe(ref a, width);
            Vector<float> a2 = Vector.LoadUnsafe(ref a, 2 * width), a3 = Vector.LoadUnsafe(ref a, 3 * width);
            Vector<float> a4 = Vector.LoadUnsafe(ref a, 4 * width), a5 = Vector.LoadUnsafe(ref a, 5 * width);
            Vector<float> a6 = Vector.LoadUnsafe(ref a, 6 * width), a7 = Vector.LoadUnsafe(ref a, 7 * width);
            foreach (int row in rows)
            {
                ref float to = ref Unsafe.Add(ref block, row);
                (Vector.LoadUnsafe(ref to) + a0).StoreUnsafe(ref to);
                (Vector.LoadUnsafe(ref to, width) + a1).StoreUnsafe(ref to, width);
                (Vector.LoadUnsafe(ref to, 2 * width) + a2).StoreUnsafe(ref to, 2 * width);
                (Vector.LoadUnsafe(ref to, 3 * width) + a3).StoreUnsafe(ref to, 3 * width);
                (Vector.LoadUnsafe(ref to, 4 * width) + a4).StoreUnsafe(ref to, 4 * width);
                (Vector.LoadUnsafe(ref to, 5 * width) + a5).StoreUnsafe(ref to, 5 * width);
                (Vector.LoadUnsafe(ref to, 6 * width) + a6).StoreUnsafe(ref to, 6 * width);
                (Vector.LoadUnsafe(ref to, 7 * width) + a7).StoreUnsafe(ref to, 7 * width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UpdateNeurons(float[] potential, float[] current, int steps)
    {
        Span<Vector<float>> potentials = MemoryMarshal.Cast<float, Vector<float>>(potential.AsSpan());
        Span<Vector<float>> currents = MemoryMarshal.Cast<float, Vector<float>>(current.AsSpan())[..potentials.Length];
        var membraneDecay = new Vector<float>(0.95f);
        var synapseDecay = new Vector<float>(0.82f);
        var gain = new Vector<float>(0.04f);
        var drive = new Vector<float>(0.5f);
        for (int step = 0; step < steps; step++)
        {
            for (int k = 0; k < potentials.Length; k++)
            {
                Vector<float> v = Vector.FusedMultiplyAdd(membraneDecay, potentials[k], gain * currents[k]);
                potentials[k] = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(v, Vector<float>.One), default, v);
                currents[k] = Vector.FusedMultiplyAdd(synapseDecay, currents[k], drive);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StreamThree(float[] weights, float[] means, float[] squares)
    {
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights.AsSpan());
        Span<Vector<float>> m = MemoryMarshal.Cast<float, Vector<float>>(means.AsSpan())[..w.Length];
        Span<Vector<float>> v = MemoryMarshal.Cast<float, Vector<float>>(squares.AsSpan())[..w.Length];
        Vector<float> one = Vector<float>.One;
        for (int k = 0; k < w.Length; k++)
        {
            w[k] = one - w[k];
            m[k] = one - m[k];
            v[k] = one - v[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(float[] values, float[] result)
    {
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (int k = 0; k + 3 < from.Length; k += 4)
        {
            a0 += from[k];
            a1 += from[k + 1];
            a2 += from[k + 2];
            a3 += from[k + 3];
        }

        (a0 + a1 + a2 + a3).CopyTo(result);
    }
}
