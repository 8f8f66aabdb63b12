using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="RowSumKernel"/>.</summary>
internal readonly struct RowSumParameters
{
    /// <summary>Shape [row, <see cref="Stride"/>].</summary>
    public required ArrayView<float> Terms { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>Distance between two rows.</summary>
    public required int Stride { get; init; }

    /// <summary>Receives the sum of each column, shape [column].</summary>
    public required ArrayView<float> Sum { get; init; }
}
