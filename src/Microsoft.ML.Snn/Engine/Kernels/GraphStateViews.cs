using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What a graph's trials leave in device memory, and their scratch memory.</summary>
internal readonly struct GraphStateViews
{
    /// <summary>Number of arrays in <see cref="State"/>.</summary>
    public const int StateArrays = 4;

    /// <summary>Number of arrays in <see cref="Counters"/>.</summary>
    public const int CounterArrays = 3;

    /// <summary>Number of numbers of an output in <see cref="FirstSpikes"/>.</summary>
    public const int FirstSpikeNumbers = 4;

    /// <summary>Numbers of a slot in <see cref="Parts"/>.</summary>
    public const int PartsOfSlot = GraphErrors.SpikesPerRound * GraphErrors.MaximumLanes;

    /// <summary>Potential and adaptation; or their derivatives, and what the release passes back to the spike. Of users' cells the variables, or their derivatives. Shape [slot, array, neuron].</summary>
    public required ArrayView<float> State { get; init; }

    /// <summary>Steps left in the refractory period and spikes so far; or the newest spike not yet met, its grid index, grazing spikes. Shape [slot, array, neuron].</summary>
    public required ArrayView<int> Counters { get; init; }

    /// <summary>Currents and first stages, or their derivatives; of users' synapses the variables. Shape [slot, 2, current].</summary>
    public required ArrayView<float> Currents { get; init; }

    /// <summary>Sum of weight × feature where the input is a constant current, shape [slot, current].</summary>
    public required ArrayView<float> Constant { get; init; }

    /// <summary>What is on its way, where delays differ. Shape [slot, place of the ring].</summary>
    public required ArrayView<float> Ring { get; init; }

    /// <summary>Parts of the errors of some spikes, shape [slot, spike, lane].</summary>
    public required ArrayView<float> Parts { get; init; }

    public required MaskViews Masks { get; init; }

    public required TapeViews Tape { get; init; }

    /// <summary>What delta synapses pushed the neuron over its threshold with, or 0. Shape [slot, neuron, spike].</summary>
    public required ArrayView<float> Jump { get; init; }

    /// <summary>Readouts, then scores or ∂L/∂Y. Largest V while outputs that are read at their first spike are silent. Shape [output][slot, neuron].</summary>
    public required ArrayView<float> Readout { get; init; }

    /// <summary>Step of the maximum, or of the first spike; shape as <see cref="Readout"/>.</summary>
    public required ArrayView<int> MaximumStep { get; init; }

    /// <summary>Slope I - V at the maximum, or τm·dV/dt at the first spike; shape as <see cref="Readout"/>.</summary>
    public required ArrayView<float> MaximumSlope { get; init; }

    /// <summary>Of outputs that are read at their first spike what <see cref="FirstSpikeViews"/> says. Shape [output][slot, neuron, number].</summary>
    public required ArrayView<float> FirstSpikes { get; init; }

    /// <summary>V at the end of every step, then scores or ∂L/∂V. Shape [output][slot, step, neuron], where steps are kept.</summary>
    public required ArrayView<float> StepReadout { get; init; }

    /// <summary>Potential at the beginning of every step, and currents and first stages after the arrivals. Shape [slot, step, neurons + 2·currents]; where time constants are learned.</summary>
    public required ArrayView<float> History { get; init; }

    /// <summary>State of users' cells at the beginning of every step, and what arrived then. Shape [slot, step][population][variable, neuron].</summary>
    public required ArrayView<float> Kept { get; init; }

    /// <summary>∂L/∂w of an arrival at every step, shape [slot, step, current].</summary>
    public required ArrayView<float> Derivative { get; init; }

    /// <summary>∂L/∂t of the arrival of a weight of 1 at every step, shape [slot, step, current].</summary>
    public required ArrayView<float> Error { get; init; }

    /// <summary>∂L/∂t of any arrival that ended the rise of a maximum, shape [output][slot, step, neuron].</summary>
    public required ArrayView<float> Moved { get; init; }

    /// <summary>Sum of <see cref="Derivative"/> over the steps times the gain of a constant current, shape [slot, current].</summary>
    public required ArrayView<float> DerivativeSum { get; init; }

    /// <summary>Derivatives by what neurons learn, shape [slot, learned number].</summary>
    public required ArrayView<float> LearnedGradient { get; init; }
}
