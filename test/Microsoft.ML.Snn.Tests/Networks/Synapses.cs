using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Tests.Networks;

/// <summary>Reads synapse tables the long way, one synapse at a time.</summary>
internal static class Synapses
{
    /// <summary>Every synapse as (row, column, weight), in the order of the table.</summary>
    public static IEnumerable<(int Row, int Column, int Weight)> Of(SynapseTable table)
    {
        for (int row = 0; row < table.Rows; row++)
        {
            foreach (SynapseSegment segment in table.Row(row).ToArray())
            {
                for (int n = 0; n < segment.Length; n++)
                {
                    yield return (row, segment.Target + n, segment.Weight + n);
                }
            }
        }
    }

    /// <summary>What arrives at the columns if row i sends <paramref name="input"/>[i].</summary>
    public static double[] Forward(SynapseTable table, double[] weights, double[] input)
    {
        var output = new double[table.Columns];
        foreach ((int row, int column, int weight) in Of(table))
        {
            output[column] += weights[weight] * input[row];
        }

        return output;
    }

    /// <summary>Gradients by the inputs and by the weights of Σ error[j]·output[j].</summary>
    public static (double[] Input, double[] Weights) Backward(SynapseTable table, double[] weights, double[] input, double[] error)
    {
        var byInput = new double[table.Rows];
        var byWeight = new double[table.WeightCount];
        foreach ((int row, int column, int weight) in Of(table))
        {
            byInput[row] += weights[weight] * error[column];
            byWeight[weight] += input[row] * error[column];
        }

        return (byInput, byWeight);
    }

    /// <summary>Asserts that both hold the same synapses, in any order.</summary>
    public static bool Same(IEnumerable<(int, int, int)> first, IEnumerable<(int, int, int)> second) =>
        first.Order().SequenceEqual(second.Order());
}
