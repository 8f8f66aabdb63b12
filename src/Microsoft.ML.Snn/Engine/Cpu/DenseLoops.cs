using System;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Loops over padded rows of a weight matrix and of its gradient.</summary>
/// <remarks>Register-blocked: a block of eight lanes stays in registers while the rows of all events of a step go by.</remarks>
internal static unsafe class DenseLoops<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>target[j] += Σ value·row[j] over the events.</summary>
    public static void AddRows(float* weights, int stride, int* rows, float* values, int first, int end, float* target)
    {
        int j = values == null ? AddEightLanes(weights, stride, rows + first, rows + end, target) : 0;
        for (; values == null && j <= stride - 4 * TLane.Width; j += 4 * TLane.Width)
        {
            AddFourLanes(weights + j, stride, rows, first, end, target + j);
        }

        if (values == null && stride - j is int left && left > TLane.Width)
        {
            AddFewLanes(weights + j, stride, rows, first, end, target + j, left - TLane.Width);
            return;
        }

        for (; j < stride; j += TLane.Width)
        {
            TLane sum = TLane.Load(target + j);
            for (int k = first; k < end; k++)
            {
                TLane row = TLane.Load(weights + rows[k] * (nint)stride + j);
                sum += values == null ? row : TLane.Splat(values[k]) * row;
            }

            TLane.Store(sum, target + j);
        }
    }

    /// <summary>row[j] += value·source[j] for the row of every event.</summary>
    public static void AddToRows(float* matrix, int stride, int* rows, float* values, int first, int end, float* source)
    {
        int j = values == null ? AddEightLanesToRows(matrix, stride, rows + first, rows + end, source) : 0;
        for (; values == null && stride - j > TLane.Width; j += 3 * TLane.Width)
        {
            AddFewLanesToRows(matrix + j, stride, rows, first, end, source + j, Math.Min(stride - j, 3 * TLane.Width) - TLane.Width);
        }

        for (; j < stride; j += TLane.Width)
        {
            TLane own = TLane.Load(source + j);
            for (int k = first; k < end; k++)
            {
                float* row = matrix + rows[k] * (nint)stride + j;
                TLane.Store(TLane.Load(row) + (values == null ? own : TLane.Splat(values[k]) * own), row);
            }
        }
    }

    /// <summary>sums[k] += constant + Σ row·source for the row of every event: four rows at a time, so that their misses overlap.</summary>
    public static void AddProducts(
        float* matrix, int stride, int* rows, int first, int end, float* source, float constant, float* sums)
    {
        int k = first;
        for (; k <= end - 4; k += 4)
        {
            AddFourProducts(matrix, stride, rows + k, source, constant, sums + k);
        }

        if (k <= end - 2)
        {
            AddTwoProducts(matrix, stride, rows + k, source, constant, sums + k);
            k += 2;
        }

        for (; k < end; k++)
        {
            sums[k] += constant + Product(matrix + rows[k] * (nint)stride, source, stride);
        }
    }

    /// <summary>Σ row·source, even and odd lanes apart.</summary>
    private static float Product(float* row, float* source, int stride)
    {
        TLane even = TLane.Splat(0);
        TLane odd = even;
        int j = 0;
        for (; j <= stride - 2 * TLane.Width; j += 2 * TLane.Width)
        {
            even += TLane.Load(row + j) * TLane.Load(source + j);
            odd += TLane.Load(row + j + TLane.Width) * TLane.Load(source + j + TLane.Width);
        }

        for (; j < stride; j += TLane.Width)
        {
            even += TLane.Load(row + j) * TLane.Load(source + j);
        }

        return TLane.Sum(even + odd);
    }

    /// <summary>What <see cref="Product"/> gives, for two rows.</summary>
    private static void AddTwoProducts(float* matrix, nint stride, int* rows, float* source, float constant, float* sums)
    {
        float* r0 = matrix + rows[0] * stride, r1 = matrix + rows[1] * stride;
        TLane e0 = TLane.Splat(0), e1 = e0, o0 = e0, o1 = e0;
        int j = 0;
        for (; j <= stride - 2 * TLane.Width; j += 2 * TLane.Width)
        {
            TLane s = TLane.Load(source + j);
            e0 += TLane.Load(r0 + j) * s;
            e1 += TLane.Load(r1 + j) * s;
            int next = j + TLane.Width;
            s = TLane.Load(source + next);
            o0 += TLane.Load(r0 + next) * s;
            o1 += TLane.Load(r1 + next) * s;
        }

        for (; j < stride; j += TLane.Width)
        {
            TLane s = TLane.Load(source + j);
            e0 += TLane.Load(r0 + j) * s;
            e1 += TLane.Load(r1 + j) * s;
        }

        sums[0] += constant + TLane.Sum(e0 + o0);
        sums[1] += constant + TLane.Sum(e1 + o1);
    }

    /// <summary>What <see cref="Product"/> gives, for four rows.</summary>
    private static void AddFourProducts(float* matrix, nint stride, int* rows, float* source, float constant, float* sums)
    {
        float* r0 = matrix + rows[0] * stride, r1 = matrix + rows[1] * stride;
        float* r2 = matrix + rows[2] * stride, r3 = matrix + rows[3] * stride;
        TLane e0 = TLane.Splat(0), e1 = e0, e2 = e0, e3 = e0, o0 = e0, o1 = e0, o2 = e0, o3 = e0;
        int j = 0;
        for (; j <= stride - 2 * TLane.Width; j += 2 * TLane.Width)
        {
            TLane s = TLane.Load(source + j);
            e0 += TLane.Load(r0 + j) * s;
            e1 += TLane.Load(r1 + j) * s;
            e2 += TLane.Load(r2 + j) * s;
            e3 += TLane.Load(r3 + j) * s;
            int next = j + TLane.Width;
            s = TLane.Load(source + next);
            o0 += TLane.Load(r0 + next) * s;
            o1 += TLane.Load(r1 + next) * s;
            o2 += TLane.Load(r2 + next) * s;
            o3 += TLane.Load(r3 + next) * s;
        }

        for (; j < stride; j += TLane.Width)
        {
            TLane s = TLane.Load(source + j);
            e0 += TLane.Load(r0 + j) * s;
            e1 += TLane.Load(r1 + j) * s;
            e2 += TLane.Load(r2 + j) * s;
            e3 += TLane.Load(r3 + j) * s;
        }

        sums[0] += constant + TLane.Sum(e0 + o0);
        sums[1] += constant + TLane.Sum(e1 + o1);
        sums[2] += constant + TLane.Sum(e2 + o2);
        sums[3] += constant + TLane.Sum(e3 + o3);
    }

    /// <summary>As many blocks of eight lanes as there are, one after the other; gives how many numbers that were.</summary>
    private static int AddEightLanes(float* weights, nint stride, int* first, int* end, float* target)
    {
        int width = TLane.Width;
        int j = 0;
        for (; j <= stride - 8 * width; j += 8 * width)
        {
            float* block = weights + j;
            float* own = target + j;
            TLane s0 = TLane.Load(own), s1 = TLane.Load(own + width);
            TLane s2 = TLane.Load(own + 2 * width), s3 = TLane.Load(own + 3 * width);
            TLane s4 = TLane.Load(own + 4 * width), s5 = TLane.Load(own + 5 * width);
            TLane s6 = TLane.Load(own + 6 * width), s7 = TLane.Load(own + 7 * width);
            for (int* row = first; row < end; row++)
            {
                float* at = block + *row * stride;
                s0 += TLane.Load(at);
                s1 += TLane.Load(at + width);
                s2 += TLane.Load(at + 2 * width);
                s3 += TLane.Load(at + 3 * width);
                s4 += TLane.Load(at + 4 * width);
                s5 += TLane.Load(at + 5 * width);
                s6 += TLane.Load(at + 6 * width);
                s7 += TLane.Load(at + 7 * width);
            }

            TLane.Store(s0, own);
            TLane.Store(s1, own + width);
            TLane.Store(s2, own + 2 * width);
            TLane.Store(s3, own + 3 * width);
            TLane.Store(s4, own + 4 * width);
            TLane.Store(s5, own + 5 * width);
            TLane.Store(s6, own + 6 * width);
            TLane.Store(s7, own + 7 * width);
        }

        return j;
    }

    private static void AddFourLanes(float* weights, nint stride, int* rows, int first, int end, float* target)
    {
        int width = TLane.Width;
        TLane s0 = TLane.Load(target), s1 = TLane.Load(target + width);
        TLane s2 = TLane.Load(target + 2 * width), s3 = TLane.Load(target + 3 * width);
        for (int k = first; k < end; k++)
        {
            float* row = weights + rows[k] * stride;
            s0 += TLane.Load(row);
            s1 += TLane.Load(row + width);
            s2 += TLane.Load(row + 2 * width);
            s3 += TLane.Load(row + 3 * width);
        }

        TLane.Store(s0, target);
        TLane.Store(s1, target + width);
        TLane.Store(s2, target + 2 * width);
        TLane.Store(s3, target + 3 * width);
    }

    /// <summary>Two or three lanes: the last one, which may be the second again, begins at <paramref name="last"/>.</summary>
    private static void AddFewLanes(float* weights, nint stride, int* rows, int first, int end, float* target, int last)
    {
        int width = TLane.Width;
        TLane s0 = TLane.Load(target), s1 = TLane.Load(target + width), s2 = TLane.Load(target + last);
        for (int k = first; k < end; k++)
        {
            float* row = weights + rows[k] * stride;
            s0 += TLane.Load(row);
            s1 += TLane.Load(row + width);
            s2 += TLane.Load(row + last);
        }

        TLane.Store(s0, target);
        TLane.Store(s1, target + width);
        TLane.Store(s2, target + last);
    }

    /// <summary>As <see cref="AddFewLanes"/>: all lanes are read before one is written, as one may be there twice.</summary>
    private static void AddFewLanesToRows(float* matrix, nint stride, int* rows, int first, int end, float* source, int last)
    {
        int width = TLane.Width;
        TLane s0 = TLane.Load(source), s1 = TLane.Load(source + width), s2 = TLane.Load(source + last);
        for (int k = first; k < end; k++)
        {
            float* row = matrix + rows[k] * stride;
            TLane r0 = TLane.Load(row) + s0, r1 = TLane.Load(row + width) + s1, r2 = TLane.Load(row + last) + s2;
            TLane.Store(r0, row);
            TLane.Store(r1, row + width);
            TLane.Store(r2, row + last);
        }
    }

    /// <summary>As <see cref="AddEightLanes"/>. All of a row before the next row would take a tenth longer: every lane of the source would be read again.</summary>
    private static int AddEightLanesToRows(float* matrix, nint stride, int* first, int* end, float* source)
    {
        int width = TLane.Width;
        int j = 0;
        for (; j <= stride - 8 * width; j += 8 * width)
        {
            float* block = matrix + j;
            float* own = source + j;
            TLane s0 = TLane.Load(own), s1 = TLane.Load(own + width);
            TLane s2 = TLane.Load(own + 2 * width), s3 = TLane.Load(own + 3 * width);
            TLane s4 = TLane.Load(own + 4 * width), s5 = TLane.Load(own + 5 * width);
            TLane s6 = TLane.Load(own + 6 * width), s7 = TLane.Load(own + 7 * width);
            for (int* row = first; row < end; row++)
            {
                float* at = block + *row * stride;
                TLane.Store(TLane.Load(at) + s0, at);
                TLane.Store(TLane.Load(at + width) + s1, at + width);
                TLane.Store(TLane.Load(at + 2 * width) + s2, at + 2 * width);
                TLane.Store(TLane.Load(at + 3 * width) + s3, at + 3 * width);
                TLane.Store(TLane.Load(at + 4 * width) + s4, at + 4 * width);
                TLane.Store(TLane.Load(at + 5 * width) + s5, at + 5 * width);
                TLane.Store(TLane.Load(at + 6 * width) + s6, at + 6 * width);
                TLane.Store(TLane.Load(at + 7 * width) + s7, at + 7 * width);
            }
        }

        return j;
    }
}
