using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Sums the squares of each row of a gradient. A block is one row.</summary>
/// <remarks>Each thread sums every n-th column, and their parts are added in order: same gradient, same bits.</remarks>
internal static class SquareKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 64;

    public static void Run(SquareParameters connection)
    {
        ArrayView<float> parts = SharedMemory.Allocate<float>(MaximumThreads);
        float sum = 0;
        for (int column = Group.IdxX; column < connection.Columns; column += Group.DimX)
        {
            float gradient = connection.Gradient[(long)Grid.IdxX * connection.Columns + column];
            sum += gradient * gradient;
        }

        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            for (int thread = 1; thread < Group.DimX; thread++)
            {
                sum += parts[thread];
            }

            connection.Squares[Grid.IdxX] = sum;
        }
    }
}
