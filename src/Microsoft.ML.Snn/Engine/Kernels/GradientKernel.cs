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

        int row = Grid.IdxX;
        long begin, end;
        if (connection.IsTape != 0)
        {
            begin = connection.Tape.First(slot, row);
            end = begin + connection.Tape.Kept(slot, row);
        }
        else
        {
            int example = connection.Batch.Example[slot];
            begin = connection.Input.FirstOfChannel(example, row);
            end = connection.Input.FirstOfChannel(example, row + 1);
        }

        begins[Group.IdxX] = begin;
        ends[Group.IdxX] = end;
    }

    private static float AddEvents(
        in GradientParameters connection, float sum, int slot, long k, long end, int column)
    {
        long trace = (long)slot * connection.Segments;

        // Four loads on the way at once, added in the order of the events.
        for (; k + 4 <= end; k += 4)
        {
            float first = Term(connection, trace, k, column);
            float second = Term(connection, trace, k + 1, column);
            float third = Term(connection, trace, k + 2, column);
            float fourth = Term(connection, trace, k + 3, column);
            sum += first;
            sum += second;
            sum += third;
            sum += fourth;
        }

        for (; k < end; k++)
        {
            sum += Term(connection, trace, k, column);
        }

        return sum;
    }

    private static float Term(in GradientParameters connection, long trace, long k, int column)
    {
        if (connection.IsTape != 0)
        {
            // A spike of the last step arrives nowhere.
            int step = connection.Tape.Step[k];
            return step < connection.Segments ? connection.Trace[(trace + step) * connection.Columns + column] : 0;
        }

        float lambda = connection.Trace[(trace + connection.Input.SortedSegment[k]) * connection.Columns + column];
        return connection.Input.HasValues == 0 ? lambda : connection.Input.SortedValue[k] * lambda;
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
