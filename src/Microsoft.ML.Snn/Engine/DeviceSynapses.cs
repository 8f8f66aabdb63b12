using System;
using System.Collections.Generic;
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

    /// <summary>Sorts the synapses by a number from 0 to <paramref name="count"/> - 1, by counting.</summary>
    /// <returns>Where the list begins among the firsts.</returns>
    private int Add(SynapseTable table, int count, Func<int, int, int, int> keyOf)
    {
        var next = new int[count + 1];
        ForEach(table, (row, target, weight) => next[keyOf(row, target, weight) + 1]++);
        int begin = _row.Count;
        int list = _first.Count - 1;
        for (int key = 0; key < count; key++)
        {
            next[key + 1] += next[key];
            _first.Add(begin + next[key + 1]);
        }

        int synapses = checked((int)table.SynapseCount);
        int[] rows = new int[synapses], targets = new int[synapses], weights = new int[synapses];
        ForEach(table, (row, target, weight) =>
        {
            int at = next[keyOf(row, target, weight)]++;
            (rows[at], targets[at], weights[at]) = (row, target, weight);
        });
        _row.AddRange(rows);
        _target.AddRange(targets);
        _weight.AddRange(weights);
        return list;
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
