using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>One number per weight, each row padded to whole lanes. The padding is and stays 0.</summary>
internal sealed unsafe class CpuWeights : IDisposable
{
    private readonly NativeBuffer<float>[] _values;
    private readonly int[] _strides;
    private readonly NetworkProgram _program;

    public CpuWeights(NetworkProgram program, int laneWidth)
    {
        _program = program;
        _values = new NativeBuffer<float>[program.Connections.Count];
        _strides = new int[program.Connections.Count];
        foreach (ConnectionProgram connection in program.Connections)
        {
            _strides[connection.Index] = Padded(connection.Columns, laneWidth);
            _values[connection.Index] = new NativeBuffer<float>((long)connection.Rows * _strides[connection.Index]);
        }
    }

    /// <summary>The smallest multiple of the lane width that holds <paramref name="units"/>.</summary>
    public static int Padded(int units, int laneWidth) => (units + laneWidth - 1) / laneWidth * laneWidth;

    public float* this[ConnectionProgram connection] => _values[connection.Index].Pointer;

    /// <summary>Distance between two rows.</summary>
    public int Stride(ConnectionProgram connection) => _strides[connection.Index];

    public void Load(NetworkWeights source)
    {
        foreach (ConnectionProgram c in _program.Connections)
        {
            for (int row = 0; row < c.Rows; row++)
            {
                source[c.Index].AsSpan(row * c.Columns, c.Columns).CopyTo(Row(c, row));
            }
        }
    }

    public void Save(NetworkWeights target)
    {
        foreach (ConnectionProgram c in _program.Connections)
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
