namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="EPropBackwardKernel"/>.</summary>
internal readonly struct EPropBackwardParameters
{
    public required GraphViews Graph { get; init; }

    public required GraphStateViews State { get; init; }

    public required EPropViews EProp { get; init; }
}
