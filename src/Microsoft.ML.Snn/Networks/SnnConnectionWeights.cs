using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>The weight matrix of one connection.</summary>
public sealed class SnnConnectionWeights
{
    private readonly float[] _values;

    internal SnnConnectionWeights(string name, int rows, int columns, float[] values) =>
        (Name, Rows, Columns, _values) = (name, rows, columns, values);

    /// <summary>Gets what it connects, for example "input to hidden 1" or "hidden 1 recurrent".</summary>
    public string Name { get; }

    /// <summary>Gets the number of presynaptic neurons or input channels.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of postsynaptic neurons.</summary>
    public int Columns { get; }

    /// <summary>Gets all weights, shape [presynaptic, postsynaptic].</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>Gets one weight, in units of the threshold.</summary>
    /// <param name="row">Presynaptic neuron, 0 to <see cref="Rows"/> - 1.</param>
    /// <param name="column">Postsynaptic neuron, 0 to <see cref="Columns"/> - 1.</param>
    public float this[int row, int column] => _values.AsSpan(row * Columns, Columns)[column];

    /// <summary>A copy of the weights of a connection.</summary>
    /// <remarks>Shared weights are the matrix of the kernel; others have a place for every pair of neurons.</remarks>
    internal static SnnConnectionWeights Of(ConnectionProgram c, float[] weights)
    {
        if (c.Table is not { } table)
        {
            return new SnnConnectionWeights(c.Name, c.Rows, c.Columns, (float[])weights.Clone());
        }

        if (table.WeightCount < table.SynapseCount)
        {
            int columns = c.MatrixColumns > 0 ? c.MatrixColumns : weights.Length;
            return new SnnConnectionWeights(c.Name, weights.Length / columns, columns, (float[])weights.Clone());
        }

        var matrix = new float[checked(c.Rows * c.Columns)];
        for (int row = 0; row < c.Rows; row++)
        {
            foreach (SynapseSegment segment in table.Row(row))
            {
                weights.AsSpan(segment.Weight, segment.Length).CopyTo(matrix.AsSpan(row * c.Columns + segment.Target));
            }
        }

        return new SnnConnectionWeights(c.Name, c.Rows, c.Columns, matrix);
    }
}
