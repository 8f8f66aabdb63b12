using System.Collections.Generic;

namespace Microsoft.ML.Snn.Reference;

/// <summary>What a grid trial leaves behind: all that is needed to go back through it.</summary>
public sealed class GridTrace
{
    internal GridTrace(GridInput input, List<GridSpike>[] spikes, double[,] outputMembrane, double[,] outputCurrent)
    {
        Input = input;
        HiddenSpikes = spikes;
        OutputMembrane = outputMembrane;
        OutputCurrent = outputCurrent;
    }

    /// <summary>Gets what the trial was given.</summary>
    public GridInput Input { get; }

    /// <summary>Gets V of the output neurons on the grid, shape [index 0 to N, output]; row 0 is the start.</summary>
    public double[,] OutputMembrane { get; }

    /// <summary>Gets V of every layer on the grid after resets, the output last; shape [layer][index 0 to N, neuron], row 0 is the start.</summary>
    public double[][,] Membrane { get; internal init; } = [];

    /// <summary>Gets I of the output neurons before the arrivals of each grid index; as OutputMembrane.</summary>
    public double[,] OutputCurrent { get; }

    /// <summary>Gets the readout value of each output neuron, shape [output].</summary>
    public double[] Outputs { get; internal set; } = [];

    /// <summary>Gets the first grid index, 1 to N, of each output neuron's largest V, shape [output].</summary>
    public int[] MaximumStep { get; internal set; } = [];

    internal List<GridSpike>[] HiddenSpikes { get; }

    /// <summary>Gives the spikes of one layer, ordered by step, then by neuron.</summary>
    public IReadOnlyList<GridSpike> Spikes(int layer) => HiddenSpikes[layer];

    /// <summary>Gives the softmax cross-entropy of the outputs with a label.</summary>
    public double Loss(int label) => SoftmaxCrossEntropy.Loss(Outputs, label);
}
