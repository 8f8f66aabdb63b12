using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>A connection of a graph as kernels see it.</summary>
internal readonly struct GraphLink
{
    /// <summary>1 for an input, 0 for a population.</summary>
    public required int IsInput { get; init; }

    /// <summary>First channel of the input, or first neuron of the presynaptic population.</summary>
    public required int FirstRow { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>First current of the group that it adds to.</summary>
    public required int FirstCurrent { get; init; }

    /// <summary>Where spikes arrive: 1 for the first stage of alpha synapses, else 0.</summary>
    public required int Stage { get; init; }

    /// <summary>Where its readouts begin if the postsynaptic population is read by its maximum, else -1.</summary>
    public required int FirstMoved { get; init; }

    /// <summary>Where its weights begin.</summary>
    public required long Weights { get; init; }

    public required DelayForm DelayForm { get; init; }

    /// <summary>Where its delays begin.</summary>
    public required int Delays { get; init; }

    /// <summary>Where its ring begins in the memory of a slot, shape [step modulo the slots of the ring, column]; -1 where all spikes take as long.</summary>
    public required int Ring { get; init; }

    /// <summary>Longest delay + 1.</summary>
    public required int RingSlots { get; init; }

    /// <summary>Where its list of synapses by target begins in <see cref="SynapseViews.First"/>; -1 where it is dense.</summary>
    public required int ByTarget { get; init; }

    /// <summary>Where its list of synapses by row begins, as <see cref="ByTarget"/>.</summary>
    public required int ByRow { get; init; }

    public bool IsDense => ByTarget < 0;

    /// <summary>Which delay a synapse has.</summary>
    public int DelayOf(int row, int weight) =>
        Delays + (DelayForm == DelayForm.Uniform ? 0 : DelayForm == DelayForm.PerRow ? row : weight);
}
