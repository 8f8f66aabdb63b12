using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>How e-prop trains one population.</summary>
internal readonly struct EPropPopulation
{
    public required MembraneEquations Membrane { get; init; }

    public required EPropEquations Equations { get; init; }

    public required SpikeRateEquations Rate { get; init; }

    /// <summary>Where the weights by which errors reach it begin, shape [neuron, output].</summary>
    public required long Feedback { get; init; }
}
