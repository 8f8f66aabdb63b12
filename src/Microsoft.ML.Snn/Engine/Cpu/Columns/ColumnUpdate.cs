using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>Gathers the gradient of rows of a block and applies the optimiser while it is in registers.</summary>
/// <remarks>
/// The events of a row are few and their number cannot be predicted; fused, the division and the root of one row's update
/// go on while the processor finds out where the next row ends.
/// </remarks>
internal unsafe ref struct ColumnUpdate<TLane, TUpdate>
    where TLane : struct, ISimdLane<TLane>
    where TUpdate : struct, IUpdateLanes<TLane>
{
    public required TUpdate Optimizer;

    /// <summary>Whether a weight stays as it is while its gradient and its moments are 0.</summary>
    public required bool LeavesAtRest;

    /// <summary>Whether the gradient is only gathered, to be applied later.</summary>
    public required bool GatherOnly;

    public required ColumnRows Rows;

    /// <summary>Gathers the gradient of rows from their events and updates them.</summary>
    /// <param name="index">The events of every row.</param>
    /// <param name="trace">λI of the block. Shape [example, segment, neuron of the block].</param>
    /// <param name="factor">What a sum of λI is multiplied by.</param>
    /// <param name="isUsed">Whether a row ever had an event. Shape [row].</param>
    /// <param name="first">First row.</param>
    /// <param name="end">End of the rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Gather(EventIndex index, float* trace, float factor, byte* isUsed, int first, int end)
    {
        int width = TLane.Width;
        int block = 4 * width;
        int* starts = index.RowStart;
        int* at = index.Trace;
        float* value = index.Value;
        TLane scale = TLane.Splat(factor);
        TLane zero = TLane.Splat(0);
        (TUpdate optimizer, ColumnRows rows, bool applies) = (Optimizer, Rows, !GatherOnly);

        // A row that never had an event has moments of 0: an optimiser that leaves it alone need not see it.
        bool skips = rows.Gradient == null && LeavesAtRest;
        for (int row = first; row < end; row++)
        {
            int k = starts[row];
            int last = starts[row + 1];
            if (k < last)
            {
                isUsed[row] = 1;
            }
            else if (skips && isUsed[row] == 0)
            {
                continue;
            }

            TLane g0 = zero, g1 = zero, g2 = zero, g3 = zero;
            if (value == null)
            {
                for (; k < last; k++)
                {
                    float* source = trace + (nint)at[k] * block;
                    g0 += TLane.Load(source);
                    g1 += TLane.Load(source + width);
                    g2 += TLane.Load(source + 2 * width);
                    g3 += TLane.Load(source + 3 * width);
                }
            }
            else
            {
                for (; k < last; k++)
                {
                    float* source = trace + (nint)at[k] * block;
                    TLane x = TLane.Splat(value[k]);
                    g0 += x * TLane.Load(source);
                    g1 += x * TLane.Load(source + width);
                    g2 += x * TLane.Load(source + 2 * width);
                    g3 += x * TLane.Load(source + 3 * width);
                }
            }

            Finish(optimizer, rows, applies, (nint)row * block, scale * g0, scale * g1, scale * g2, scale * g3);
        }
    }

    /// <summary>The same for the weights of the outputs: ∂L/∂w = factor·Σ examples (∂L/∂Y)·Σ spikes λI.</summary>
    /// <param name="lossByReadout">∂L/∂Y of each example; shape [example][output].</param>
    /// <param name="traces">Sum over the spikes of each neuron of the block; shape [example, neuron of the block].</param>
    /// <param name="traceStride">Distance between two examples.</param>
    /// <param name="count">Number of examples.</param>
    /// <param name="factor">What a sum of λI is multiplied by.</param>
    /// <param name="outputs">Number of outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void GatherOutputs(float** lossByReadout, float* traces, nint traceStride, int count, float factor, int outputs)
    {
        int width = TLane.Width;
        TLane scale = TLane.Splat(factor);
        for (int output = 0; output < outputs; output++)
        {
            TLane g0 = TLane.Splat(0), g1 = g0, g2 = g0, g3 = g0;
            for (int example = 0; example < count; example++)
            {
                TLane loss = TLane.Splat(lossByReadout[example][output]);
                float* source = traces + example * traceStride;
                g0 += loss * TLane.Load(source);
                g1 += loss * TLane.Load(source + width);
                g2 += loss * TLane.Load(source + 2 * width);
                g3 += loss * TLane.Load(source + 3 * width);
            }

            Finish(Optimizer, Rows, !GatherOnly, (nint)output * 4 * width, scale * g0, scale * g1, scale * g2, scale * g3);
        }
    }

    /// <summary>Updates rows with the gradient that was kept, multiplied by <paramref name="factor"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply(float factor, int first, int end)
    {
        TLane scale = TLane.Splat(factor);
        for (nint at = (nint)first * 4 * TLane.Width; at < (nint)end * 4 * TLane.Width; at += TLane.Width)
        {
            Apply(Optimizer, Rows, at, scale * TLane.Load(Rows.Gradient + at));
        }
    }

    /// <summary>Σ gradient² of rows whose gradient was kept.</summary>
    public readonly double SumOfSquares(int first, int end) => RowUpdate<TLane>.SumOfSquares(
        Rows.Gradient + (nint)first * 4 * TLane.Width, (end - first) * 4 * TLane.Width);

    // These take copies, which no store through a pointer can be thought to change: no row reads the addresses again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TUpdate optimizer, ColumnRows rows, bool applies, nint at, TLane g0, TLane g1, TLane g2, TLane g3)
    {
        int width = TLane.Width;
        if (rows.Gradient != null)
        {
            TLane.Store(g0, rows.Gradient + at);
            TLane.Store(g1, rows.Gradient + at + width);
            TLane.Store(g2, rows.Gradient + at + 2 * width);
            TLane.Store(g3, rows.Gradient + at + 3 * width);
        }

        if (applies)
        {
            Apply(optimizer, rows, at, g0);
            Apply(optimizer, rows, at + width, g1);
            Apply(optimizer, rows, at + 2 * width, g2);
            Apply(optimizer, rows, at + 3 * width, g3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(TUpdate optimizer, ColumnRows rows, nint at, TLane gradient)
    {
        TLane mean = TLane.Load(rows.Mean + at);
        TLane square = TLane.Load(rows.Square + at);
        TLane.Store(optimizer.Update(TLane.Load(rows.Weight + at), gradient, ref mean, ref square), rows.Weight + at);
        TLane.Store(mean, rows.Mean + at);
        TLane.Store(square, rows.Square + at);
    }
}
