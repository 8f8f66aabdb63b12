using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The loss of one output of a graph. A block is one trial.</summary>
internal static class LossKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 128;

    public static void Run(LossViews output)
    {
        ArrayView<float> value = SharedMemory.Allocate<float>(MaximumThreads);
        ArrayView<int> index = SharedMemory.Allocate<int>(MaximumThreads);
        TrialLoss.Take(output, Grid.IdxX, value, index);
    }
}
