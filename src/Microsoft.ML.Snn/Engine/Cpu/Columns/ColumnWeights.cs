using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>The weights of a connection with all that learning keeps of them.</summary>
internal sealed class ColumnWeights(ConnectionProgram connection, int blockWidth, bool isFromNeurons) : IDisposable
{
    /// <summary>Sums over rows are made piece by piece, whichever thread has them.</summary>
    public const int RowsPerPiece = 16;

    private ColumnMatrix? _gradient;

    public ConnectionProgram Connection { get; } = connection;

    public ColumnMatrix Weight { get; } = new(connection, blockWidth, isFromNeurons);

    public ColumnMatrix Mean { get; } = new(connection, blockWidth, isFromNeurons);

    public ColumnMatrix Square { get; } = new(connection, blockWidth, isFromNeurons);

    /// <summary>The gradient of the last batch for which it was kept.</summary>
    /// <exception cref="InvalidOperationException">It was never kept.</exception>
    public ColumnMatrix Gradient => _gradient ?? throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");

    /// <summary>Number of pieces of a block.</summary>
    public int Pieces => (Weight.Rows + RowsPerPiece - 1) / RowsPerPiece;

    /// <summary>The rows of one of some groups of about the same size, in whole pieces.</summary>
    /// <remarks>Outputs are few: the first group has them all.</remarks>
    public (int First, int End) Rows(int group, int groups) => isFromNeurons
        ? (0, group == 0 ? Weight.Rows : 0)
        : (group * Pieces / groups * RowsPerPiece, Math.Min((group + 1) * Pieces / groups * RowsPerPiece, Weight.Rows));

    public void KeepGradient() => _gradient ??= new ColumnMatrix(Connection, blockWidth, isFromNeurons);

    public void SaveState(BinaryWriter writer)
    {
        float[] values = new float[Connection.WeightCount];
        foreach (ColumnMatrix matrix in (ReadOnlySpan<ColumnMatrix>)[Weight, Mean, Square])
        {
            matrix.Save(values);
            StateStream.Write<float>(writer, values);
        }
    }

    public void LoadState(BinaryReader reader)
    {
        float[] values = new float[Connection.WeightCount];
        foreach (ColumnMatrix matrix in (ReadOnlySpan<ColumnMatrix>)[Weight, Mean, Square])
        {
            StateStream.Read<float>(reader, values);
            matrix.Load(values);
        }
    }

    public void Dispose()
    {
        Weight.Dispose();
        Mean.Dispose();
        Square.Dispose();
        _gradient?.Dispose();
    }
}
