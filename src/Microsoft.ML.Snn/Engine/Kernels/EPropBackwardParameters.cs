namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="EPropBackwardKernel"/>.</summary>
internal readonly struct EPropBackwardParameters
{
    /// <summary>The trial as <see cref="GraphBackwardKernel"/> has it.</summary>
    public required GraphBackwardParameters Backward { get; init; }

    public required EPropViews EProp { get; init; }
}
