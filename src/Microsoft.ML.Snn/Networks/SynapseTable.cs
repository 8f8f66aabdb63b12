using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Which synapses a connection has and which weight each of them uses: compressed rows of runs. Immutable.</summary>
/// <remarks>
/// A spike of row i adds the weights of each segment of the row to the currents of the segment's columns; errors and
/// gradients take the same way back. A dense matrix has one segment per row. Several synapses may share one weight, as
/// in a convolution, and two segments of a row may reach the same column, as pools that overlap do. Memory is in
/// proportion to the segments, never to rows × columns.
/// </remarks>
internal sealed class SynapseTable
{
    // Mean length of the segments from which on lanes are worth their start and end.
    private const int ShortestRun = 4;

    private readonly int[] _rowStart;
    private readonly SynapseSegment[] _segments;
    private readonly SynapseStrip[] _strips = [];
    private readonly int[] _stripStart = [];

    /// <summary>Takes over the arrays.</summary>
    /// <param name="rows">Number of presynaptic neurons or input channels.</param>
    /// <param name="columns">Number of postsynaptic neurons.</param>
    /// <param name="weightCount">Number of weights that the segments may refer to.</param>
    /// <param name="rowStart">Segments of row i are [rowStart[i], rowStart[i + 1]); rows + 1 numbers.</param>
    /// <param name="segments">All segments, row by row.</param>
    public SynapseTable(int rows, int columns, int weightCount, int[] rowStart, SynapseSegment[] segments)
    {
        if (rows < 0 || rowStart.Length != rows + 1 || rowStart[0] != 0 || rowStart[^1] != segments.Length)
        {
            throw new UnreachableException("The row starts do not fit the rows and segments.");
        }

        for (int row = 0; row < rows; row++)
        {
            if (rowStart[row] > rowStart[row + 1])
            {
                throw new UnreachableException($"Row {row} ends before it begins.");
            }
        }

        foreach (SynapseSegment segment in segments)
        {
            if (segment.Length < 1 || segment.Target < 0 || segment.Length > columns - segment.Target
                || segment.Weight < 0 || segment.Length > weightCount - segment.Weight)
            {
                throw new UnreachableException($"{segment} is outside {columns} columns or {weightCount} weights.");
            }

            SynapseCount += segment.Length;
        }

        Rows = rows;
        Columns = columns;
        WeightCount = weightCount;
        _rowStart = rowStart;
        _segments = segments;
        IsScattered = SynapseCount < (long)ShortestRun * segments.Length;
        if (IsScattered)
        {
            (Targets, _strips, _stripStart) = ToStrips();
        }
    }

    /// <summary>
    /// Whether neighbouring synapses lead to columns that are no neighbours, as in a random table: then
    /// <see cref="StripsOf"/> is the faster way through a row, else the segments are.
    /// </summary>
    public bool IsScattered { get; }

    /// <summary>The column of each synapse, row by row, where the table is scattered; else empty.</summary>
    public int[] Targets { get; } = [];

    /// <summary>Number of presynaptic neurons or input channels.</summary>
    public int Rows { get; }

    /// <summary>Number of postsynaptic neurons.</summary>
    public int Columns { get; }

    /// <summary>Number of different weights; fewer than synapses where weights are shared.</summary>
    public int WeightCount { get; }

    /// <summary>Number of synapses, each shared weight counted as often as it is used.</summary>
    public long SynapseCount { get; }

    /// <summary>Where each row's segments begin, and last their number; rows + 1 numbers.</summary>
    public ReadOnlySpan<int> RowStart => _rowStart;

    /// <summary>All segments, row by row.</summary>
    public ReadOnlySpan<SynapseSegment> Segments => _segments;

    /// <summary>Every row to every column, with a weight of its own at row × columns + column.</summary>
    public static SynapseTable Dense(int rows, int columns)
    {
        var rowStart = new int[rows + 1];
        var segments = new SynapseSegment[rows];
        for (int row = 0; row < rows; row++)
        {
            rowStart[row + 1] = row + 1;
            segments[row] = new SynapseSegment(0, row * columns, columns);
        }

        return new SynapseTable(rows, columns, checked(rows * columns), rowStart, segments);
    }

    /// <summary>The segments of one row.</summary>
    public ReadOnlySpan<SynapseSegment> Row(int row) => _segments.AsSpan(_rowStart[row].._rowStart[row + 1]);

    /// <summary>The same synapses in the same order as strips, where the table is scattered.</summary>
    public ReadOnlySpan<SynapseStrip> StripsOf(int row) => _strips.AsSpan(_stripStart[row].._stripStart[row + 1]);

    private (int[] Targets, SynapseStrip[] Strips, int[] Start) ToStrips()
    {
        var targets = new int[checked((int)SynapseCount)];
        var strips = new List<SynapseStrip>();
        var start = new int[Rows + 1];
        int at = 0;
        for (int row = 0; row < Rows; row++)
        {
            foreach (SynapseSegment segment in Row(row))
            {
                if (strips.Count > start[row] && strips[^1] is var last && last.Weight + last.Length == segment.Weight)
                {
                    strips[^1] = last with { Length = last.Length + segment.Length };
                }
                else
                {
                    strips.Add(new SynapseStrip(segment.Weight, at, segment.Length));
                }

                for (int n = 0; n < segment.Length; n++)
                {
                    targets[at++] = segment.Target + n;
                }
            }

            start[row + 1] = strips.Count;
        }

        return (targets, [.. strips], start);
    }
}
