using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="SquareKernel"/>.</summary>
internal readonly struct SquareParameters
{
    /// <summary>The gradient, shape [row, column].</summary>
    public required ArrayView<float> Gradient { get; init; }

    public required int Columns { get; init; }

    /// <summary>Receives the sum of each row, shape [row].</summary>
    public required ArrayView<float> Squares { get; init; }
}
