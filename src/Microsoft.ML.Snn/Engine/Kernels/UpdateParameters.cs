using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="UpdateKernel"/>.</summary>
internal readonly struct UpdateParameters
{
    public required UpdateEquations Update { get; init; }

    public required ClippingEquations Clipping { get; init; }

    public required BatchViews Batch { get; init; }

    public required int Columns { get; init; }

    /// <summary>Weights, shape [row, column].</summary>
    public required ArrayView<float> Weights { get; init; }

    /// <summary>The gradient, shape [row, column].</summary>
    public required ArrayView<float> Gradient { get; init; }

    /// <summary>First moment of the optimiser, shape [row, column].</summary>
    public required ArrayView<float> Mean { get; init; }

    /// <summary>Second moment of the optimiser, shape [row, column].</summary>
    public required ArrayView<float> Square { get; init; }
}
