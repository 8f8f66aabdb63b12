using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="ErrorKernel"/>.</summary>
internal readonly struct ErrorParameters
{
    /// <summary>The spikes that receive their errors.</summary>
    public required TapeViews Tape { get; init; }

    /// <summary>Weights to the targets, shape [neuron, target].</summary>
    public required ArrayView<float> Weights { get; init; }

    /// <summary>λV - λI of the targets at every step, shape [slot, step, target].</summary>
    public required ArrayView<float> Difference { get; init; }

    /// <summary>What each spike that arrives at a step gets on top, shape [slot, step].</summary>
    public required ArrayView<float> Extra { get; init; }

    /// <summary>1 where there is an extra error, else 0.</summary>
    public required int HasExtra { get; init; }

    public required int Targets { get; init; }

    public required int Steps { get; init; }

    /// <summary>Number of threads that share the sum of one spike; divides the block size, at most 32.</summary>
    public required int Lanes { get; init; }
}
