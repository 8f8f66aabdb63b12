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

    /// <summary>Step of the maximum of each output and what moving it costs, shape [slot, target]; only where <see cref="MovesMaxima"/>.</summary>
    public required ArrayView<int> MaximumStep { get; init; }

    public required ArrayView<float> MovedMaximum { get; init; }

    /// <summary>1 if the targets are outputs whose readout is the maximum, else 0.</summary>
    public required int MovesMaxima { get; init; }

    public required int Targets { get; init; }

    public required int Steps { get; init; }

    /// <summary>Number of threads that share the sum of one spike; divides the block size, at most 32.</summary>
    public required int Lanes { get; init; }
}
