using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What every example of a data set should give, in device memory.</summary>
internal readonly struct TargetViews
{
    /// <summary>Classes, shape [example, row]; unused where targets are numbers.</summary>
    public required ArrayView<int> Class { get; init; }

    /// <summary>Numbers, shape [example, row, output]; unused where targets are classes.</summary>
    public required ArrayView<float> Value { get; init; }

    /// <summary>What each step with a target contributes to the mean over the steps, shape [example].</summary>
    public required ArrayView<float> Share { get; init; }

    /// <summary>1 for a target of the whole trial, else one row per step.</summary>
    public required int Rows { get; init; }

    /// <summary>1 where targets are classes, else 0.</summary>
    public required int AreClasses { get; init; }
}
