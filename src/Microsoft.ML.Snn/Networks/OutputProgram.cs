using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The output layer with all its numbers worked out.</summary>
internal sealed record OutputProgram(int Units, MembraneEquations Membrane, ReadoutKind Readout, LossEquations Loss, ConnectionProgram Input)
{
    /// <summary>Whether V of every step is read: for the loss, or as the output.</summary>
    public bool KeepsSteps => Loss.IsEveryStep || Readout == ReadoutKind.EveryStep;

    /// <summary>Whether the readout Y is a weighted sum of V.</summary>
    public bool IsWeightedSum => Readout is not (ReadoutKind.Maximum or ReadoutKind.EveryStep or ReadoutKind.FirstSpikeTime);

    /// <summary>Number of scores of an example, shape [output], or [step, output] for the readout of every step.</summary>
    public int ScoresFor(int steps) => Readout == ReadoutKind.EveryStep ? steps * Units : Units;
}
