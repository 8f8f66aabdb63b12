using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="GradientKernel"/>.</summary>
internal readonly struct GradientParameters
{
    public required UpdateEquations Update { get; init; }

    /// <summary>0 if the gradient is only gathered: clipping applies it later.</summary>
    public required int Applies { get; init; }

    public required BatchViews Batch { get; init; }

    /// <summary>What is summed.</summary>
    public required ArrivalTrace Source { get; init; }

    /// <summary>What turns a sum of the trace into the gradient.</summary>
    public required float Scale { get; init; }

    public required int Columns { get; init; }

    /// <summary>Weights, shape [row, column].</summary>
    public required ArrayView<float> Weights { get; init; }

    /// <summary>Receives the gradient, shape [row, column], if <see cref="KeepsGradient"/> is not 0.</summary>
    public required ArrayView<float> Gradient { get; init; }

    public required int KeepsGradient { get; init; }

    /// <summary>First moment of the optimiser, shape [row, column].</summary>
    public required ArrayView<float> Mean { get; init; }

    /// <summary>Second moment of the optimiser, shape [row, column].</summary>
    public required ArrayView<float> Square { get; init; }
}
