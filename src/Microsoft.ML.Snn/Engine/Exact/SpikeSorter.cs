using System;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Brings the spikes that a layer had in one stretch of time onto its tape, in order of time.</summary>
/// <remarks>
/// Stretches between two arrivals follow one another: only the spikes of one stretch are ever out of order. Where they are few each is
/// compared with each, eight at a time, which takes no decisions; where they are many, each first goes to its share of the stretch,
/// where it has few neighbours to be compared with. Equal times keep their order.
/// </remarks>
internal sealed unsafe class SpikeSorter : IDisposable
{
    // Comparing each with each takes count²/8 instructions: up to so many spikes that is the fastest.
    private const int Few = 96;

    // So many ranks are counted at a time.
    private const int Block = 32;

    // Insertion among more neighbours than this would cost more than a sort.
    private const int Crowd = 24;

    private readonly NativeBuffer<int> _share = new(64);
    private readonly NativeBuffer<int> _end = new(65);
    private readonly NativeBuffer<int> _order = new(64);
    private readonly NativeBuffer<float> _rough = new(64);

    /// <summary>Puts spikes at the end of a tape.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="count">How many of its records are not on the tape yet.</param>
    /// <param name="start">When the stretch began.</param>
    /// <param name="length">Its length in milliseconds.</param>
    public void Append(EventTape tape, int count, double start, double length)
    {
        if (count == 0)
        {
            return;
        }

        Grow(count);
        tape.Reserve(tape.Count + count);
        int first = tape.Count;
        double* time = tape.Time + first;
        int* neuron = tape.Neuron + first;
        double* unsorted = tape.Records.Time + first;
        int* from = tape.Records.Neuron + first;
        int* place = tape.Records.Place + first;
        int* order = _order.Pointer;
        if (count <= Few && Rank(unsorted, count, start, order))
        {
            for (int k = 0; k < count; k++)
            {
                int at = order[k];
                time[at] = unsorted[k];
                neuron[at] = from[k];
                place[k] = first + at;
            }
        }
        else
        {
            Order(unsorted, time, count, start, length);
            for (int k = 0; k < count; k++)
            {
                neuron[k] = from[order[k]];
                place[order[k]] = first + k;
            }
        }

        tape.Count += count;
    }

    public void Dispose()
    {
        _share.Dispose();
        _end.Dispose();
        _order.Dispose();
        _rough.Dispose();
    }

    private void Grow(int count)
    {
        if (count + Block > _order.Length)
        {
            long capacity = Math.Max(count + Block, 2 * _order.Length);
            _share.Grow(capacity);
            _end.Grow(capacity + 1);
            _order.Grow(capacity);
            _rough.Grow(capacity);
        }
    }

    /// <summary>Fills in how many times come before each; false where single precision can not tell two of them apart.</summary>
    /// <param name="time">The times.</param>
    /// <param name="count">How many.</param>
    /// <param name="start">A time before all: what lies behind it has more digits than the times themselves.</param>
    /// <param name="rank">Receives the ranks; whole blocks are written.</param>
    private bool Rank(double* time, int count, double start, int* rank)
    {
        int width = Vector256<float>.Count;
        float* rough = _rough.Pointer;
        Vector256<double> from = Vector256.Create(start);
        for (int k = 0; k < count; k += Vector256<double>.Count)
        {
            Fours.Store(Vector256.Load(time + k) - from, rough + k);
        }

        for (int k = 0; k < count; k += Block)
        {
            Vector256<float> a = Vector256.Load(rough + k), b = Vector256.Load(rough + k + width);
            Vector256<float> c = Vector256.Load(rough + k + 2 * width), d = Vector256.Load(rough + k + 3 * width);
            Vector256<int> beforeA = Vector256<int>.Zero, beforeB = beforeA, beforeC = beforeA, beforeD = beforeA;
            for (int j = 0; j < count; j++)
            {
                Vector256<float> other = Vector256.Create(rough[j]);
                beforeA -= Vector256.LessThan(other, a).AsInt32();
                beforeB -= Vector256.LessThan(other, b).AsInt32();
                beforeC -= Vector256.LessThan(other, c).AsInt32();
                beforeD -= Vector256.LessThan(other, d).AsInt32();
            }

            beforeA.Store(rank + k);
            beforeB.Store(rank + k + width);
            beforeC.Store(rank + k + 2 * width);
            beforeD.Store(rank + k + 3 * width);
        }

        // Of equals none comes before the other: only where there are none do the ranks add up.
        int sum = 0;
        for (int k = 0; k < count; k++)
        {
            sum += rank[k];
        }

        return 2 * sum == count * (count - 1);
    }

    /// <summary>Fills in the times in order, and which each is.</summary>
    private void Order(double* unsorted, double* time, int count, double start, double length)
    {
        int* share = _share.Pointer;
        int* end = _end.Pointer;
        int* order = _order.Pointer;
        new Span<int>(end, count + 1).Clear();
        double scale = count / length;
        for (int k = 0; k < count; k++)
        {
            int n = Math.Max(0, Math.Min(count - 1, (int)((unsorted[k] - start) * scale)));
            share[k] = n;
            end[n + 1]++;
        }

        int most = 0, sum = 0;
        for (int n = 1; n <= count; n++)
        {
            most = Math.Max(most, end[n]);
            sum += end[n];
            end[n] = sum;
        }

        for (int k = 0; k < count; k++)
        {
            int at = end[share[k]]++;
            time[at] = unsorted[k];
            order[at] = k;
        }

        if (most > Crowd)
        {
            Sort(new Span<double>(time, count), new Span<int>(order, count));
        }
        else
        {
            Insert(time, order, count);
        }
    }

    private static void Insert(double* time, int* order, int count)
    {
        for (int k = 1; k < count; k++)
        {
            (double t, int index) = (time[k], order[k]);
            int at = k;
            for (; at > 0 && time[at - 1] > t; at--)
            {
                time[at] = time[at - 1];
                order[at] = order[at - 1];
            }

            time[at] = t;
            order[at] = index;
        }
    }

    /// <summary>Sorts by time, then by index, so that equal times keep their order here too.</summary>
    private static void Sort(Span<double> time, Span<int> order)
    {
        time.Sort(order);
        for (int first = 0; first < time.Length;)
        {
            int end = first + 1;
            while (end < time.Length && time[end] == time[first])
            {
                end++;
            }

            order[first..end].Sort();
            first = end;
        }
    }
}
