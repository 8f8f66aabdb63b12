using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of <see cref="SynapseGradientKernel"/>.</summary>
internal readonly struct SynapseGradientParameters
{
    public required BatchViews Batch { get; init; }

    /// <summary>What is summed.</summary>
    public required ArrivalTrace Source { get; init; }

    /// <summary>The synapses of each number of the gradient.</summary>
    public required SynapseViews Synapses { get; init; }

    /// <summary>Where the list begins in <see cref="SynapseViews.First"/>.</summary>
    public required int List { get; init; }

    /// <summary>1 for the derivative by delays: the trace then is that by the time of an arrival of 1.</summary>
    public required int IsDelay { get; init; }

    /// <summary>The weights of the connection; for delays.</summary>
    public required ArrayView<float> Weights { get; init; }

    /// <summary>What an arrival of any weight gets on top, shape [slot, step, column]; for delays that lead to maxima.</summary>
    public required ArrayView<float> Moved { get; init; }

    /// <summary>Number of columns of <see cref="Moved"/>, or 0 where there is none.</summary>
    public required int MovedColumns { get; init; }

    /// <summary>Receives a number per block.</summary>
    public required ArrayView<float> Gradient { get; init; }
}
