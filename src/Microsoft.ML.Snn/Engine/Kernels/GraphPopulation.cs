using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>A population of a graph as kernels see it. Truth values are 1 or 0.</summary>
internal readonly struct GraphPopulation
{
    /// <summary>Its first neuron; a multiple of 32, so that no word of a mask belongs to two populations.</summary>
    public required int FirstNeuron { get; init; }

    public required int Units { get; init; }

    /// <summary>Its first spiking neuron among those of the program, or -1 where it does not spike.</summary>
    public required int FirstSpiking { get; init; }

    /// <summary>Its first current; those of one group are neighbours, group after group.</summary>
    public required int FirstCurrent { get; init; }

    /// <summary>Its first group in <see cref="GraphViews.GroupKind"/>.</summary>
    public required int FirstGroup { get; init; }

    public required int Groups { get; init; }

    /// <summary>The group of its delta synapses, or -1.</summary>
    public required int DeltaGroup { get; init; }

    /// <summary>Its first link in <see cref="GraphViews.Links"/>: those that lead here.</summary>
    public required int FirstLink { get; init; }

    public required int Links { get; init; }

    /// <summary>Its first link in <see cref="GraphViews.Senders"/>: those that leave from here.</summary>
    public required int FirstSender { get; init; }

    public required int Senders { get; init; }

    public required int IsAdaptive { get; init; }

    public required int ResetBySubtraction { get; init; }

    public required int RefractorySteps { get; init; }

    public required int HasBias { get; init; }

    public required float Leak { get; init; }

    /// <summary>Where its biases are among what neurons learn, or -1 where they are not learned.</summary>
    public required int LearnedBias { get; init; }

    /// <summary>As <see cref="LearnedBias"/>.</summary>
    public required int LearnedThreshold { get; init; }

    /// <summary>As <see cref="LearnedBias"/>.</summary>
    public required int LearnedMembraneTime { get; init; }

    public required int LearnsTimes { get; init; }

    /// <summary>Where it begins in <see cref="GraphViews.LearnedNumber"/>, or -1 where it has no learned numbers of a user's neuron.</summary>
    public required int FirstNumber { get; init; }

    public required int IsOutput { get; init; }

    public required ReadoutKind Readout { get; init; }

    /// <summary>Whether the loss is of V of every step.</summary>
    public required int LearnsEveryStep { get; init; }

    /// <summary>Where the weights of its readout begin, shape [step].</summary>
    public required int ReadoutWeights { get; init; }

    /// <summary>Where its readouts begin, shape [slot, neuron].</summary>
    public required int FirstReadout { get; init; }

    /// <summary>Where V of its steps begins, shape [slot, step, neuron]; or -1 where steps are not kept.</summary>
    public required long FirstStepReadout { get; init; }

    /// <summary>Its kind of users' cells, see <see cref="ICells"/>; -1 for neurons of the library.</summary>
    public required int Cell { get; init; }

    /// <summary>Where the numbers of a user's cell are in <see cref="GraphViews.Cells"/>, in units of their size.</summary>
    public required int CellNumbers { get; init; }

    /// <summary>Where its users' cells begin in what is kept of a step.</summary>
    public required int FirstKept { get; init; }

    public bool IsSpiking => FirstSpiking >= 0;
}
