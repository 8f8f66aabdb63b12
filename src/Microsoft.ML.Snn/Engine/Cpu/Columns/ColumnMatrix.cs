using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>One number per weight, cut into blocks of neighbouring hidden neurons. The padding is and stays 0.</summary>
/// <remarks>
/// Shape [block, row, neuron of the block]. A block is one piece of memory, so that the weights which a thread owns share no
/// cache line and no associativity set with those of another.
/// </remarks>
internal sealed unsafe class ColumnMatrix : IDisposable
{
    private readonly NativeBuffer<float> _values;
    private readonly int _neurons;
    private readonly int _width;
    private readonly bool _isFromNeurons;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="connection">Its connection, from or to the hidden layer.</param>
    /// <param name="blockWidth">Hidden neurons per block.</param>
    /// <param name="isFromNeurons">Whether the hidden layer is its source: then a row is a target, else it is a source.</param>
    public ColumnMatrix(ConnectionProgram connection, int blockWidth, bool isFromNeurons)
    {
        (_width, _isFromNeurons) = (blockWidth, isFromNeurons);
        (Rows, _neurons) = isFromNeurons ? (connection.Columns, connection.Rows) : (connection.Rows, connection.Columns);
        _values = new NativeBuffer<float>((long)Rows * CpuWeights.Padded(_neurons, blockWidth));
    }

    public int Rows { get; }

    /// <summary>The rows of a block.</summary>
    public float* this[int block] => _values.Pointer + (long)block * Rows * _width;

    /// <summary>Takes over the numbers of a connection. Shape [source, target].</summary>
    public void Load(ReadOnlySpan<float> source)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int neuron = 0; neuron < _neurons; neuron++)
            {
                *At(row, neuron) = source[IndexOf(row, neuron)];
            }
        }
    }

    /// <summary>Gives the numbers as the connection has them. Shape [source, target].</summary>
    public void Save(Span<float> target)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int neuron = 0; neuron < _neurons; neuron++)
            {
                target[IndexOf(row, neuron)] = *At(row, neuron);
            }
        }
    }

    public void Dispose() => _values.Dispose();

    private float* At(int row, int neuron) => this[neuron / _width] + (long)row * _width + neuron % _width;

    private int IndexOf(int row, int neuron) => _isFromNeurons ? neuron * Rows + row : row * _neurons + neuron;
}
