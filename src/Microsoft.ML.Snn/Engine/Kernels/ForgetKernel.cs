using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Lets weights shrink by a share. A thread is a weight.</summary>
internal static class ForgetKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 256;

    public static void Run(ForgetParameters connection)
    {
        long at = (long)Grid.IdxX * Group.DimX + Group.IdxX;
        if (at < connection.Weights.Length && !connection.Batch.HasOverflow)
        {
            connection.Weights[at] = connection.Kept * connection.Weights[at];
        }
    }
}
