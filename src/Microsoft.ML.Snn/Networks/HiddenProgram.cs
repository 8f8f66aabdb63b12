using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A layer of spiking neurons with all its numbers worked out.</summary>
internal sealed record HiddenProgram(
    int Units,
    MembraneEquations Membrane,
    SpikeEquations Spike,
    AdaptationEquations Adaptation,
    ConnectionProgram Input,
    ConnectionProgram? Recurrent)
{
    /// <summary>The user's equations, or null for a neuron of the library.</summary>
    public CellProgram? Cell { get; init; }
}
