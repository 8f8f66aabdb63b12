using System;
using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The norm of the whole gradient from the sums of its rows. One block in all.</summary>
internal static class NormKernel
{
    /// <summary>Most threads of the block.</summary>
    public const int MaximumThreads = 256;

    public static void Run(NormParameters gradient)
    {
        ArrayView<float> parts = SharedMemory.Allocate<float>(MaximumThreads);
        float sum = 0;
        for (int row = Group.IdxX; row < gradient.Rows; row += Group.DimX)
        {
            sum += gradient.Squares[row];
        }

        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            for (int thread = 1; thread < Group.DimX; thread++)
            {
                sum += parts[thread];
            }

            gradient.Batch.Norm[0] = (int)Interop.FloatAsInt(MathF.Sqrt(sum));
        }
    }
}
