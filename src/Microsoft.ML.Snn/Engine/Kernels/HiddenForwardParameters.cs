using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Arguments of both kernels that run a spiking layer through a trial.</summary>
internal readonly struct HiddenForwardParameters
{
    public required Arrivals Input { get; init; }

    public required MembraneEquations Membrane { get; init; }

    public required SpikeEquations Spike { get; init; }

    /// <summary>Receives the spikes by neuron.</summary>
    public required TapeViews Tape { get; init; }

    /// <summary>Receives the spikes by time; all 0 before, where the layer is not recurrent.</summary>
    public required MaskViews Masks { get; init; }

    public required int Units { get; init; }

    public required int Steps { get; init; }

    /// <summary>Weights within a recurrent layer, shape [neuron, neuron].</summary>
    public required ArrayView<float> Recurrent { get; init; }

    /// <summary>Scratch memory of a recurrent layer: potential, current, constant drive. Shape [slot, 3, neuron].</summary>
    public required ArrayView<float> State { get; init; }

    /// <summary>Scratch memory of a recurrent layer: steps left in the refractory period, spikes so far. Shape [slot, 2, neuron].</summary>
    public required ArrayView<int> Counters { get; init; }
}
