using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>One number per weight, each row padded to whole lanes. The padding is and stays 0. Biases of the output are one more matrix.</summary>
internal sealed unsafe class CpuWeights : IDisposable
{
    private readonly NativeBuffer<float>[] _values;
    private readonly int[] _strides;
    private readonly ConnectionProgram[] _matrices;

    public CpuWeights(NetworkProgram program, int laneWidth)
    {
        _matrices = MatricesOf(program);
        _values = new NativeBuffer<float>[_matrices.Length];
        _strides = new int[_matrices.Length];
        foreach (ConnectionProgram connection in _matrices)
        {
            _strides[connection.Index] = Padded(connection.Columns, laneWidth);
            _values[connection.Index] = new NativeBuffer<float>((long)connection.Rows * _strides[connection.Index]);
        }
    }

    /// <summary>The connections, and the biases of the output where they are learned.</summary>
    public static ConnectionProgram[] MatricesOf(NetworkProgram program) =>
        program.OutputBias is { } bias ? [.. program.Connections, bias] : [.. program.Connections];

    /// <summary>The smallest multiple of the lane width that holds <paramref name="units"/>.</summary>
    public static int Padded(int units, int laneWidth) => (units + laneWidth - 1) / laneWidth * laneWidth;

    /// <summary>Copies a matrix so that its columns become rows; padding stays as it is.</summary>
    /// <param name="source">Shape [row, column].</param>
    /// <param name="sourceStride">Distance between two rows of the source.</param>
    /// <param name="rows">Number of rows of the source.</param>
    /// <param name="columns">Number of columns of the source.</param>
    /// <param name="target">Shape [column, row].</param>
    /// <param name="targetStride">Distance between two rows of the target.</param>
    public static void Transpose(float* source, int sourceStride, int rows, int columns, float* target, int targetStride)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                target[(nint)column * targetStride + row] = source[(nint)row * sourceStride + column];
            }
        }
    }

    public float* this[ConnectionProgram connection] => _values[connection.Index].Pointer;

    /// <summary>Distance between two rows.</summary>
    public int Stride(ConnectionProgram connection) => _strides[connection.Index];

    public void Load(NetworkWeights source)
    {
        foreach (ConnectionProgram c in _matrices)
        {
            for (int row = 0; row < c.Rows; row++)
            {
                source[c.Index].AsSpan(row * c.Columns, c.Columns).CopyTo(Row(c, row));
            }
        }
    }

    public void Save(NetworkWeights target)
    {
        foreach (ConnectionProgram c in _matrices)
        {
            for (int row = 0; row < c.Rows; row++)
            {
                Row(c, row).CopyTo(target[c.Index].AsSpan(row * c.Columns, c.Columns));
            }
        }
    }

    public void Dispose() => Array.ForEach(_values, buffer => buffer.Dispose());

    private Span<float> Row(ConnectionProgram connection, int row) =>
        new(this[connection] + (long)row * Stride(connection), connection.Columns);
}
