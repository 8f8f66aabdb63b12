using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The synapses of connections that are no matrix, sorted in each order in which a kernel looks them up, in device memory.</summary>
/// <remarks>Within a list the order is that of the table: row by row.</remarks>
internal sealed class DeviceSynapses : IDisposable
{
    private readonly List<int> _first = [0];
    private readonly List<int> _row = [];
    private readonly List<int> _target = [];
    private readonly List<int> _weight = [];
    private readonly DeviceBuffer<int> _deviceFirst;
    private readonly DeviceBuffer<int> _deviceRow;
    private readonly DeviceBuffer<int> _deviceTarget;
    private readonly DeviceBuffer<int> _deviceWeight;

    public DeviceSynapses(Accelerator accelerator)
    {
        _deviceFirst = new DeviceBuffer<int>(accelerator);
        _deviceRow = new DeviceBuffer<int>(accelerator);
        _deviceTarget = new DeviceBuffer<int>(accelerator);
        _deviceWeight = new DeviceBuffer<int>(accelerator);
    }

    public SynapseViews Views => new()
    {
        First = _deviceFirst.View,
        Row = _deviceRow.View,
        Target = _deviceTarget.View,
        Weight = _deviceWeight.View,
    };

    public int AddByRow(SynapseTable table) => Add(table, table.Rows, (row, _, _) => row);

    public int AddByTarget(SynapseTable table) => Add(table, table.Columns, (_, target, _) => target);

    public int AddByWeight(SynapseTable table) => Add(table, table.WeightCount, (_, _, weight) => weight);

    /// <summary>Gives the lists of a connection other synapses, as many as before.</summary>
    public void Replace(SynapseTable table, int byTarget, int byRow, int byWeight)
    {
        Replace(byTarget, table, table.Columns, (_, target, _) => target);
        Replace(byRow, table, table.Rows, (row, _, _) => row);
        Replace(byWeight, table, table.WeightCount, (_, _, weight) => weight);
    }

    /// <summary>Copies all lists to the device.</summary>
    public void Upload()
    {
        _deviceFirst.Upload(_first.ToArray());
        _deviceRow.Upload(_row.ToArray());
        _deviceTarget.Upload(_target.ToArray());
        _deviceWeight.Upload(_weight.ToArray());
    }

    public void Dispose()
    {
        _deviceFirst.Dispose();
        _deviceRow.Dispose();
        _deviceTarget.Dispose();
        _deviceWeight.Dispose();
    }

    /// <summary>Makes room for a list and fills it.</summary>
    /// <returns>Where the list begins among the firsts.</returns>
    private int Add(SynapseTable table, int count, Func<int, int, int, int> keyOf)
    {
        int list = _first.Count - 1;
        int synapses = checked((int)table.SynapseCount);
        _first.AddRange(new int[count]);
        _row.AddRange(new int[synapses]);
        _target.AddRange(new int[synapses]);
        _weight.AddRange(new int[synapses]);
        Fill(list, table, count, keyOf);
        return list;
    }

    /// <summary>Sorts the synapses by a number from 0 to <paramref name="count"/> - 1, by counting.</summary>
    private void Fill(int list, SynapseTable table, int count, Func<int, int, int, int> keyOf)
    {
        var next = new int[count + 1];
        ForEach(table, (row, target, weight) => next[keyOf(row, target, weight) + 1]++);
        next[0] = _first[list];
        for (int key = 0; key < count; key++)
        {
            next[key + 1] += next[key];
            _first[list + key + 1] = next[key + 1];
        }

        ForEach(table, (row, target, weight) =>
        {
            int at = next[keyOf(row, target, weight)]++;
            (_row[at], _target[at], _weight[at]) = (row, target, weight);
        });
    }

    private void Replace(int list, SynapseTable table, int count, Func<int, int, int, int> keyOf)
    {
        Fill(list, table, count, keyOf);
        int begin = _first[list], synapses = _first[list + count] - begin;
        _deviceFirst.Upload(CollectionsMarshal.AsSpan(_first).Slice(list, count + 1), list);
        _deviceRow.Upload(CollectionsMarshal.AsSpan(_row).Slice(begin, synapses), begin);
        _deviceTarget.Upload(CollectionsMarshal.AsSpan(_target).Slice(begin, synapses), begin);
        _deviceWeight.Upload(CollectionsMarshal.AsSpan(_weight).Slice(begin, synapses), begin);
    }

    private static void ForEach(SynapseTable table, Action<int, int, int> act)
    {
        for (int row = 0; row < table.Rows; row++)
        {
            foreach (SynapseSegment segment in table.Row(row))
            {
                for (int n = 0; n < segment.Length; n++)
                {
                    act(row, segment.Target + n, segment.Weight + n);
                }
            }
        }
    }
}
