using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Collects the synapses of one row after the other and joins neighbours.</summary>
internal sealed class SynapseTableBuilder(int rows, int columns)
{
    private readonly int[] _rowStart = new int[rows + 1];
    private readonly List<SynapseSegment> _segments = [];
    private int _row;

    /// <summary>Adds synapses to the current row. They join the segment before if both targets and weights go on from there.</summary>
    public void Add(int target, int weight, int length = 1)
    {
        if (_segments.Count > _rowStart[_row])
        {
            ref SynapseSegment last = ref CollectionsMarshal.AsSpan(_segments)[^1];
            if (target == last.Target + last.Length && weight == last.Weight + last.Length)
            {
                last = last with { Length = last.Length + length };
                return;
            }
        }

        _segments.Add(new SynapseSegment(target, weight, length));
    }

    /// <summary>Ends the current row.</summary>
    public void EndRow() => _rowStart[++_row] = _segments.Count;

    /// <summary>The table, once every row has ended.</summary>
    public SynapseTable ToTable(int weightCount) => new(rows, columns, weightCount, _rowStart, [.. _segments]);
}
