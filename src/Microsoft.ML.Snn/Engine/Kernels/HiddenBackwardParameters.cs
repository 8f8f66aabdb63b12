using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of both kernels that run the adjoint of a spiking layer back through a trial.</summary>
internal readonly struct HiddenBackwardParameters
{
    public required MembraneEquations Membrane { get; init; }

    public required SpikeEquations Spike { get; init; }

    public required SpikeCountEquations SpikeCount { get; init; }

    /// <summary>1 if regularisation acts, else 0.</summary>
    public required int HasPush { get; init; }

    public required float GrazingLimit { get; init; }

    /// <summary>The layer's spikes, with the errors of the next layer.</summary>
    public required TapeViews Tape { get; init; }

    public required TraceViews Trace { get; init; }

    public required BatchViews Batch { get; init; }

    public required int Units { get; init; }

    public required int Steps { get; init; }

    /// <summary>The layer's spikes by time; for a recurrent layer.</summary>
    public required MaskViews Masks { get; init; }

    /// <summary>Weights within a recurrent layer, shape [neuron, neuron].</summary>
    public required ArrayView<float> Recurrent { get; init; }

    /// <summary>Scratch memory of a recurrent layer: λV, λI, push of the release, sum of λI, λV - λI. Shape [slot, 5, neuron].</summary>
    public required ArrayView<float> State { get; init; }

    /// <summary>Scratch memory of a recurrent layer: newest spike not yet met, its grid index, grazing spikes. Shape [slot, 3, neuron].</summary>
    public required ArrayView<int> Counters { get; init; }

    /// <summary>Number of threads that share the sum of one spike, at most <see cref="RecurrentBackwardKernel.MaximumLanes"/>; for a recurrent layer.</summary>
    public required int Lanes { get; init; }
}
