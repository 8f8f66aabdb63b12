using System;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Brings the spikes that a layer had in one stretch of time onto its tape, in order of time.</summary>
/// <remarks>
/// Stretches between two arrivals follow one another: only the spikes of one stretch are ever out of order. Where they are few each is
/// compared with each, four at a time, which takes no decisions; where they are many, each first goes to its share of the stretch,
/// where it has few neighbours to be compared with. Equal times keep their order.
/// </remarks>
internal sealed unsafe class SpikeSorter : IDisposable
{
    // Comparing each with each takes count²/4 instructions: up to so many spikes that is the fastest.
    private const int Few = 96;

    // Insertion among more neighbours than this would cost more than a sort.
    private const int Crowd = 24;

    private readonly NativeBuffer<int> _share = new(64);
    private readonly NativeBuffer<int> _end = new(65);
    private readonly NativeBuffer<int> _order = new(64);

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
        if (count <= Few)
        {
            Rank(unsorted, count, order);
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
    }

    private void Grow(int count)
    {
        if (count + Vector256<double>.Count > _order.Length)
        {
            long capacity = Math.Max(count + Vector256<double>.Count, 2 * _order.Length);
            _share.Grow(capacity);
            _end.Grow(capacity + 1);
            _order.Grow(capacity);
        }
    }

    /// <summary>Fills in how many times come before each. Up to three more than there are times are read and written.</summary>
    private static void Rank(double* time, int count, int* rank)
    {
        int width = Vector256<double>.Count;
        for (int k = 0; k < count; k += width)
        {
            Vector256<double> own = Vector256.Load(time + k);
            Vector256<long> before = Vector256<long>.Zero;
            for (int j = 0; j < k; j++)
            {
                before -= Vector256.LessThanOrEqual(Vector256.Create(time[j]), own).AsInt64();
            }

            int end = Math.Min(k + width, count);
            for (int j = k; j < end; j++)
            {
                // Among these four an equal time comes before only where it stands before.
                Vector256<double> other = Vector256.Create(time[j]);
                Vector256<long> later = Vector256.GreaterThan(Vector256<long>.Indices, Vector256.Create((long)(j - k)));
                before -= Vector256.LessThan(other, own).AsInt64() | (Vector256.Equals(other, own).AsInt64() & later);
            }

            for (int j = end; j < count; j++)
            {
                before -= Vector256.LessThan(Vector256.Create(time[j]), own).AsInt64();
            }

            Vector256.Narrow(before, before).GetLower().Store(rank + k);
        }
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
