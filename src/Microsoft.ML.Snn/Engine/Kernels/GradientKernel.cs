using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Gathers the gradient of a weight matrix and applies the optimiser to it.</summary>
/// <remarks>
/// <para>dL/dw[i, j] = scale·Σ value·λI[j] over the spikes of i, with scale = -τs (Wunderlich and Pehle 2021).</para>
/// <para>A block is one row, a thread one column. Where a row is shorter than a block, several threads share a column:
/// each takes every n-th example, and their parts are added in order. No float atomics: same batch, same bits.</para>
/// </remarks>
internal static class GradientKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 256;

    public static void Run(GradientParameters connection)
    {
        ArrayView<float> parts = SharedMemory.Allocate<float>(MaximumThreads);
        ArrayView<long> begins = SharedMemory.Allocate<long>(MaximumThreads);
        ArrayView<long> ends = SharedMemory.Allocate<long>(MaximumThreads);

        if (connection.Batch.HasOverflow)
        {
            return;
        }

        int shares = IntrinsicMath.Max(1, Group.DimX / connection.Columns);
        int width = Group.DimX / shares;
        int share = Group.IdxX / width;
        int lane = Group.IdxX - share * width;
        for (int firstColumn = 0; firstColumn < connection.Columns; firstColumn += width)
        {
            int column = firstColumn + lane;
            bool isActive = share < shares && column < connection.Columns;
            float sum = 0;
            for (int firstSlot = 0; firstSlot < connection.Batch.Size; firstSlot += Group.DimX)
            {
                FindEvents(connection, firstSlot + Group.IdxX, begins, ends);
                Group.Barrier();
                int slots = IntrinsicMath.Min(Group.DimX, connection.Batch.Size - firstSlot);
                for (int n = share; isActive && n < slots; n += shares)
                {
                    sum = AddEvents(connection, sum, firstSlot + n, begins[n], ends[n], column);
                }

                Group.Barrier();
            }

            parts[Group.IdxX] = sum;
            Group.Barrier();
            if (isActive && share == 0)
            {
                for (int other = 1; other < shares; other++)
                {
                    sum += parts[other * width + lane];
                }

                Apply(connection, column, sum);
            }

            Group.Barrier();
        }
    }

    /// <summary>One thread per example: where the events of this row begin and end.</summary>
    private static void FindEvents(
        in GradientParameters connection, int slot, ArrayView<long> begins, ArrayView<long> ends)
    {
        if (slot >= connection.Batch.Size)
        {
            return;
        }

        connection.Source.FindEvents(slot, connection.Batch.Example[slot], Grid.IdxX, out long begin, out long end);
        begins[Group.IdxX] = begin;
        ends[Group.IdxX] = end;
    }

    private static float AddEvents(
        in GradientParameters connection, float sum, int slot, long k, long end, int column)
    {
        int delay = connection.Source.DelayOf(Grid.IdxX, Grid.IdxX * connection.Columns + column);
        int segments = connection.Source.SegmentsOf(connection.Batch, slot);

        // Four loads on the way at once, added in the order of the events.
        for (; k + 4 <= end; k += 4)
        {
            float first = connection.Source.Term(slot, k, delay, column, segments);
            float second = connection.Source.Term(slot, k + 1, delay, column, segments);
            float third = connection.Source.Term(slot, k + 2, delay, column, segments);
            float fourth = connection.Source.Term(slot, k + 3, delay, column, segments);
            sum += first;
            sum += second;
            sum += third;
            sum += fourth;
        }

        for (; k < end; k++)
        {
            sum += connection.Source.Term(slot, k, delay, column, segments);
        }

        return sum;
    }

    private static void Apply(in GradientParameters connection, int column, float sum)
    {
        long at = (long)Grid.IdxX * connection.Columns + column;
        float gradient = connection.Scale * sum;
        if (connection.Applies != 0)
        {
            UpdateKernel.Apply(
                connection.Update, gradient, at, connection.Weights, connection.Mean, connection.Square);
        }

        if (connection.KeepsGradient != 0)
        {
            connection.Gradient[at] = gradient;
        }
    }
}
