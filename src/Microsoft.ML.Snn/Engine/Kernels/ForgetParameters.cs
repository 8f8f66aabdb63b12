using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="ForgetKernel"/>.</summary>
internal readonly struct ForgetParameters
{
    public required BatchViews Batch { get; init; }

    public required ArrayView<float> Weights { get; init; }

    /// <summary>What is left of each weight.</summary>
    public required float Kept { get; init; }
}
