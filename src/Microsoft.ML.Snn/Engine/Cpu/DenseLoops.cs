namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Loops over padded rows of a weight matrix and of its gradient.</summary>
/// <remarks>Register-blocked: a block of eight lanes stays in registers while the rows of all events of a step go by.</remarks>
internal static unsafe class DenseLoops<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>target[j] += Σ value·row[j] over the events.</summary>
    public static void AddRows(float* weights, int stride, int* rows, float* values, int first, int end, float* target)
    {
        int j = 0;
        for (; values == null && j <= stride - 8 * TLane.Width; j += 8 * TLane.Width)
        {
            AddEightLanes(weights + j, stride, rows, first, end, target + j);
        }

        for (; values == null && j <= stride - 4 * TLane.Width; j += 4 * TLane.Width)
        {
            AddFourLanes(weights + j, stride, rows, first, end, target + j);
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
        int j = 0;
        for (; values == null && j <= stride - 8 * TLane.Width; j += 8 * TLane.Width)
        {
            AddEightLanesToRows(matrix + j, stride, rows, first, end, source + j);
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

    /// <summary>Adds the derivatives to a row of the gradient and gives Σ weight·error, in one pass over both rows.</summary>
    public static float ErrorAndGradient(float* weights, float* gradient, float* errors, float* derivatives, int stride)
    {
        TLane sum = TLane.Splat(0);
        TLane other = sum;
        int j = 0;
        for (; j <= stride - 2 * TLane.Width; j += 2 * TLane.Width)
        {
            int next = j + TLane.Width;
            sum += TLane.Load(weights + j) * TLane.Load(errors + j);
            other += TLane.Load(weights + next) * TLane.Load(errors + next);
            TLane.Store(TLane.Load(gradient + j) + TLane.Load(derivatives + j), gradient + j);
            TLane.Store(TLane.Load(gradient + next) + TLane.Load(derivatives + next), gradient + next);
        }

        for (; j < stride; j += TLane.Width)
        {
            sum += TLane.Load(weights + j) * TLane.Load(errors + j);
            TLane.Store(TLane.Load(gradient + j) + TLane.Load(derivatives + j), gradient + j);
        }

        return TLane.Sum(sum + other);
    }

    private static void AddEightLanes(float* weights, nint stride, int* rows, int first, int end, float* target)
    {
        int width = TLane.Width;
        TLane s0 = TLane.Load(target), s1 = TLane.Load(target + width);
        TLane s2 = TLane.Load(target + 2 * width), s3 = TLane.Load(target + 3 * width);
        TLane s4 = TLane.Load(target + 4 * width), s5 = TLane.Load(target + 5 * width);
        TLane s6 = TLane.Load(target + 6 * width), s7 = TLane.Load(target + 7 * width);
        for (int k = first; k < end; k++)
        {
            float* row = weights + rows[k] * stride;
            s0 += TLane.Load(row);
            s1 += TLane.Load(row + width);
            s2 += TLane.Load(row + 2 * width);
            s3 += TLane.Load(row + 3 * width);
            s4 += TLane.Load(row + 4 * width);
            s5 += TLane.Load(row + 5 * width);
            s6 += TLane.Load(row + 6 * width);
            s7 += TLane.Load(row + 7 * width);
        }

        TLane.Store(s0, target);
        TLane.Store(s1, target + width);
        TLane.Store(s2, target + 2 * width);
        TLane.Store(s3, target + 3 * width);
        TLane.Store(s4, target + 4 * width);
        TLane.Store(s5, target + 5 * width);
        TLane.Store(s6, target + 6 * width);
        TLane.Store(s7, target + 7 * width);
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

    private static void AddEightLanesToRows(float* matrix, nint stride, int* rows, int first, int end, float* source)
    {
        int width = TLane.Width;
        TLane s0 = TLane.Load(source), s1 = TLane.Load(source + width);
        TLane s2 = TLane.Load(source + 2 * width), s3 = TLane.Load(source + 3 * width);
        TLane s4 = TLane.Load(source + 4 * width), s5 = TLane.Load(source + 5 * width);
        TLane s6 = TLane.Load(source + 6 * width), s7 = TLane.Load(source + 7 * width);
        for (int k = first; k < end; k++)
        {
            float* row = matrix + rows[k] * stride;
            TLane.Store(TLane.Load(row) + s0, row);
            TLane.Store(TLane.Load(row + width) + s1, row + width);
            TLane.Store(TLane.Load(row + 2 * width) + s2, row + 2 * width);
            TLane.Store(TLane.Load(row + 3 * width) + s3, row + 3 * width);
            TLane.Store(TLane.Load(row + 4 * width) + s4, row + 4 * width);
            TLane.Store(TLane.Load(row + 5 * width) + s5, row + 5 * width);
            TLane.Store(TLane.Load(row + 6 * width) + s6, row + 6 * width);
            TLane.Store(TLane.Load(row + 7 * width) + s7, row + 7 * width);
        }
    }
}
