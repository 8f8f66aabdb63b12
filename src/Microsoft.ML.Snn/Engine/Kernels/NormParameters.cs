using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="NormKernel"/>.</summary>
internal readonly struct NormParameters
{
    /// <summary>Sum of the squares of each row of each gradient, shape [row].</summary>
    public required ArrayView<float> Squares { get; init; }

    public required int Rows { get; init; }

    public required BatchViews Batch { get; init; }
}
