using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Where every learned number of a program lies in one array; weights, gradients and moments share this layout.</summary>
/// <remarks>Rows of a matrix are padded to whole lanes, and every connection begins at a cache line. The padding is and stays 0.</remarks>
internal sealed class GraphParameters
{
    private const int CacheLine = 16;

    private readonly NetworkProgram _program;
    private readonly long[] _offset;
    private readonly int _laneWidth;

    public GraphParameters(NetworkProgram program, int laneWidth)
    {
        (_program, _laneWidth) = (program, laneWidth);
        _offset = new long[program.Connections.Count];
        foreach (ConnectionProgram connection in program.Connections)
        {
            _offset[connection.Index] = Length;
            long own = connection.IsMatrix ? (long)connection.Rows * Stride(connection) : connection.WeightCount;
            Length += (own + CacheLine - 1) / CacheLine * CacheLine;
        }
    }

    /// <summary>Number of floats, the padding included.</summary>
    public long Length { get; }

    /// <summary>Where the weights of a connection begin.</summary>
    public long OffsetOf(ConnectionProgram connection) => _offset[connection.Index];

    public unsafe void Load(NetworkWeights source, float* values)
    {
        foreach (ConnectionProgram c in _program.Connections)
        {
            ReadOnlySpan<float> own = source[c.Index];
            for (int row = 0; row < PiecesOf(c); row++)
            {
                own.Slice(row * PieceLength(c), PieceLength(c)).CopyTo(Piece(c, row, values));
            }
        }
    }

    public unsafe void Save(float* values, NetworkWeights target)
    {
        foreach (ConnectionProgram c in _program.Connections)
        {
            Span<float> own = target[c.Index];
            for (int row = 0; row < PiecesOf(c); row++)
            {
                Piece(c, row, values).CopyTo(own.Slice(row * PieceLength(c), PieceLength(c)));
            }
        }
    }

    private static int PiecesOf(ConnectionProgram c) => c.IsMatrix ? c.Rows : 1;

    private static int PieceLength(ConnectionProgram c) => c.IsMatrix ? c.Columns : c.WeightCount;

    private int Stride(ConnectionProgram c) => CpuWeights.Padded(c.Columns, _laneWidth);

    private unsafe Span<float> Piece(ConnectionProgram c, int row, float* values) =>
        new(values + OffsetOf(c) + (long)row * (c.IsMatrix ? Stride(c) : 0), PieceLength(c));
}
