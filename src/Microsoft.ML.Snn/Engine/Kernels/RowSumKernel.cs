using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Adds up the rows of a matrix, in order. A thread is a column.</summary>
internal static class RowSumKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 64;

    public static void Run(RowSumParameters matrix)
    {
        int column = Grid.IdxX * Group.DimX + Group.IdxX;
        if (column >= matrix.Columns)
        {
            return;
        }

        float sum = 0;
        for (int row = 0; row < matrix.Rows; row++)
        {
            sum += matrix.Terms[(long)row * matrix.Stride + column];
        }

        matrix.Sum[column] = sum;
    }
}
