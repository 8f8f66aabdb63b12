using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Gathers the gradient of weight rows and applies the optimiser to them.</summary>
/// <remarks>dL/dw[i, j] = scale·Σ value·λI[j] over the spikes of i, with scale = -τs (Wunderlich and Pehle 2021).</remarks>
internal static unsafe class RowUpdate<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>gradient[j] = scale·Σ over the row's events.</summary>
    public static void Gather(EventIndex index, int row, float* trace, int stride, float scale, float* gradient)
    {
        int first = index.RowStart[row];
        int end = index.RowStart[row + 1];
        int* at = index.Trace;
        float* value = index.Value;
        TLane factor = TLane.Splat(scale);
        nint distance = stride;

        int j = 0;
        for (; j <= stride - 4 * TLane.Width; j += 4 * TLane.Width)
        {
            TLane g0 = TLane.Splat(0), g1 = g0, g2 = g0, g3 = g0;
            for (int k = first; k < end; k++)
            {
                float* source = trace + at[k] * distance + j;
                if (value == null)
                {
                    g0 += TLane.Load(source);
                    g1 += TLane.Load(source + TLane.Width);
                    g2 += TLane.Load(source + 2 * TLane.Width);
                    g3 += TLane.Load(source + 3 * TLane.Width);
                }
                else
                {
                    TLane x = TLane.Splat(value[k]);
                    g0 += x * TLane.Load(source);
                    g1 += x * TLane.Load(source + TLane.Width);
                    g2 += x * TLane.Load(source + 2 * TLane.Width);
                    g3 += x * TLane.Load(source + 3 * TLane.Width);
                }
            }

            TLane.Store(factor * g0, gradient + j);
            TLane.Store(factor * g1, gradient + j + TLane.Width);
            TLane.Store(factor * g2, gradient + j + 2 * TLane.Width);
            TLane.Store(factor * g3, gradient + j + 3 * TLane.Width);
        }

        for (; j < stride; j += TLane.Width)
        {
            TLane g = TLane.Splat(0);
            for (int k = first; k < end; k++)
            {
                TLane source = TLane.Load(trace + at[k] * distance + j);
                g += value == null ? source : TLane.Splat(value[k]) * source;
            }

            TLane.Store(factor * g, gradient + j);
        }
    }

    /// <summary>gradient[j] = scale·Σ over the slices, in their order; the slices are left empty.</summary>
    /// <param name="slices">The same place in the first slice.</param>
    /// <param name="distance">Number of floats to the next slice.</param>
    /// <param name="sliceCount">Number of slices.</param>
    /// <param name="scale">What the sum is multiplied by.</param>
    /// <param name="gradient">Receives the gradient of neighbouring weights.</param>
    /// <param name="count">How many, a multiple of the lane's width.</param>
    public static void TakeSlices(float* slices, long distance, int sliceCount, float scale, float* gradient, int count)
    {
        TLane factor = TLane.Splat(scale);
        TLane zero = TLane.Splat(0);
        for (int j = 0; j < count; j += TLane.Width)
        {
            TLane sum = zero;
            float* own = slices + j;
            for (int slice = 0; slice < sliceCount; slice++, own += distance)
            {
                sum += TLane.Load(own);
                TLane.Store(zero, own);
            }

            TLane.Store(factor * sum, gradient + j);
        }
    }

    /// <summary>Applies one update to neighbouring weights.</summary>
    /// <param name="update">The optimiser.</param>
    /// <param name="scale">What the gradient is multiplied by first: 1 unless it is clipped.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="gradient">Their gradient.</param>
    /// <param name="first">Their first moments.</param>
    /// <param name="second">Their second moments.</param>
    /// <param name="count">How many, a multiple of the lane's width.</param>
    public static void Apply(
        UpdateEquations update, float scale, float* weight, float* gradient, float* first, float* second, int count)
    {
        if (update.IsAdam)
        {
            Apply(update.Adam.OnLanes<TLane>(), scale, weight, gradient, first, second, count);
        }
        else
        {
            Apply(update.Momentum.OnLanes<TLane>(), scale, weight, gradient, first, second, count);
        }
    }

    /// <summary>One loop for each optimiser, whose numbers stay in registers.</summary>
    private static void Apply<TUpdate>(
        TUpdate update, float scale, float* weight, float* gradient, float* first, float* second, int count)
        where TUpdate : struct, IUpdateLanes<TLane>
    {
        TLane factor = TLane.Splat(scale);
        for (int j = 0; j < count; j += TLane.Width)
        {
            TLane m = TLane.Load(first + j);
            TLane s = TLane.Load(second + j);
            TLane.Store(update.Update(TLane.Load(weight + j), factor * TLane.Load(gradient + j), ref m, ref s), weight + j);
            TLane.Store(m, first + j);
            TLane.Store(s, second + j);
        }
    }

    /// <summary>Σ gradient².</summary>
    /// <param name="gradient">The gradient of neighbouring weights.</param>
    /// <param name="count">How many, a multiple of the lane's width.</param>
    public static double SumOfSquares(float* gradient, int count)
    {
        TLane sum = TLane.Splat(0);
        for (int j = 0; j < count; j += TLane.Width)
        {
            TLane g = TLane.Load(gradient + j);
            sum += g * g;
        }

        return TLane.Sum(sum);
    }
}
