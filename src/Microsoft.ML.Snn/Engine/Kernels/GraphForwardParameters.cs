namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="GraphForwardKernel"/>.</summary>
internal readonly struct GraphForwardParameters
{
    public required GraphViews Graph { get; init; }

    public required GraphStateViews State { get; init; }

    public required BatchViews Batch { get; init; }

    public required EventViews Input { get; init; }

    public required EPropViews EProp { get; init; }

    /// <summary>1 where the input is a constant current, else 0.</summary>
    public required int IsConstant { get; init; }

    /// <summary>1 where the states are kept, for the derivatives by time constants.</summary>
    public required int KeepsHistory { get; init; }

    /// <summary>1 where the states of users' cells are kept, for the backward pass.</summary>
    public required int KeepsCells { get; init; }
}
