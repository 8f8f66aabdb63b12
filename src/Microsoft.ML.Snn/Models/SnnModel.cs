using System.Collections.Generic;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>Everything that is kept of a training.</summary>
/// <param name="Program">The network with its sizes.</param>
/// <param name="Weights">Its trained weights.</param>
/// <param name="IsConstantCurrent">Whether it was trained on feature vectors presented as constant currents, not on spikes.</param>
/// <param name="History">The course of the training.</param>
/// <param name="MeanSpikeCounts">
/// Mean number of spikes per trial of every hidden neuron in the last epoch, shape [layer][neuron].
/// </param>
internal sealed record SnnModel(
    NetworkProgram Program,
    NetworkWeights Weights,
    bool IsConstantCurrent,
    TrainingHistory History,
    IReadOnlyList<float[]> MeanSpikeCounts)
{
    /// <summary>What the network was trained for.</summary>
    public SnnTask Task { get; init; }

    /// <summary>How each output's label was standardised; empty where it was not.</summary>
    public IReadOnlyList<LabelScale> Scales { get; init; } = [];

    /// <summary>The outputs that were trained on labels of their own, beside the first.</summary>
    public IReadOnlyList<FurtherOutput> Further { get; init; } = [];

    /// <summary>Whether it was trained on vectors of spike times.</summary>
    public bool IsSpikeTimes { get; init; }

    /// <summary>A copy of the weights for a training that goes on from them: synapses that were moved stay where they are.</summary>
    public NetworkWeights WeightsWithTables()
    {
        NetworkWeights weights = Weights.Clone();
        foreach (ConnectionProgram connection in Program.Connections)
        {
            weights.Tables[connection.Index] ??= connection.Table;
        }

        return weights;
    }
}
