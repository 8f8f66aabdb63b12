using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Rewires one sparse connection after each update. Weight n keeps its place and its sign; what changes is where it leads.</summary>
/// <remarks>
/// Work and memory are in proportion to the synapses. An absent pair is found by drawing places, and after a few of them
/// by going on from the last one to the next that is free: the number of tries has a bound, however full the matrix is.
/// The choices are a function of the seed and the number of the update alone.
/// </remarks>
internal sealed unsafe class Rewirer
{
    // At the densities that rewiring is for, one or two draws find a free pair.
    private const int Draws = 32;

    // A prime, so that the seeds of two connections differ.
    private const int StreamStep = 1_000_003;

    private readonly ConnectionProgram _connection;
    private readonly RewiringProgram _rewiring;
    private readonly RewiringEquations _equations;
    private readonly long[] _pairs;
    private readonly bool[] _isInhibitory;
    private readonly HashSet<long> _taken;
    private readonly long _available;
    private long _rewired;
    private long _failures;
    private int _updates;

    public Rewirer(ConnectionProgram connection)
    {
        (_connection, _rewiring) = (connection, connection.Rewiring!);
        _equations = new RewiringEquations((float)_rewiring.Rule.Strength, (float)_rewiring.Rule.Noise);
        _pairs = new long[connection.WeightCount];
        _isInhibitory = new bool[connection.WeightCount];
        _taken = new HashSet<long>(connection.WeightCount);
        _available = (long)connection.Rows * connection.Columns
            - (_rewiring.AllowSelf ? 0 : Math.Min(connection.Rows, connection.Columns));
    }

    /// <summary>Starts from given synapses. A weight of 0 counts as excitatory.</summary>
    public void Load(SynapseTable table, ReadOnlySpan<float> weights)
    {
        _taken.Clear();
        for (int row = 0; row < table.Rows; row++)
        {
            foreach (SynapseSegment segment in table.Row(row))
            {
                for (int n = 0; n < segment.Length; n++)
                {
                    int weight = segment.Weight + n;
                    _pairs[weight] = PairOf(row, segment.Target + n);
                    _isInhibitory[weight] = weights[weight] < 0;
                    _taken.Add(_pairs[weight]);
                }
            }
        }
    }

    /// <summary>Pulls every weight and moves those that would change their sign.</summary>
    /// <param name="weights">The weights after the optimiser's update.</param>
    /// <param name="first">Their first moments: those of a new synapse are 0.</param>
    /// <param name="second">Their second moments.</param>
    /// <returns>The new table, or null where all synapses stay.</returns>
    public SynapseTable? Apply(float* weights, float* first, float* second)
    {
        var random = new RandomStream(unchecked(_rewiring.Seed + StreamStep * (_rewiring.Stream + 1)), ++_updates);
        long before = _rewired;
        for (int n = 0; n < _pairs.Length; n++)
        {
            float amount = _equations.Amount(weights[n], _isInhibitory[n], _equations.IsNoisy ? (float)random.NextNormal() : 0);
            if (amount >= 0)
            {
                weights[n] = _isInhibitory[n] ? -amount : amount;
                continue;
            }

            (weights[n], first[n], second[n]) = (0, 0, 0);
            if (_taken.Count >= _available)
            {
                _failures++;
                continue;
            }

            long pair = FindAbsent(random);
            _taken.Remove(_pairs[n]);
            _taken.Add(pair);
            _pairs[n] = pair;
            _rewired++;
        }

        return _rewired > before ? ToTable() : null;
    }

    /// <summary>Gives how many synapses moved, and how many found no place, since the last call.</summary>
    public (long Rewired, long Failures) TakeCounts()
    {
        (long, long) counts = (_rewired, _failures);
        (_rewired, _failures) = (0, 0);
        return counts;
    }

    public void SaveState(BinaryWriter writer)
    {
        writer.Write(_updates);
        StateStream.Write<long>(writer, _pairs);
        StateStream.Write<bool>(writer, _isInhibitory);
    }

    /// <summary>Reads what <see cref="SaveState"/> wrote, and gives the table.</summary>
    public SynapseTable LoadState(BinaryReader reader)
    {
        _updates = reader.ReadInt32();
        StateStream.Read<long>(reader, _pairs);
        StateStream.Read<bool>(reader, _isInhibitory);
        _taken.Clear();
        _taken.UnionWith(_pairs);
        return ToTable();
    }

    private long PairOf(int row, int column) => (long)row * _connection.Columns + column;

    private long FindAbsent(RandomStream random)
    {
        long pairs = (long)_connection.Rows * _connection.Columns;
        long pair = 0;
        for (int n = 0; n < Draws; n++)
        {
            pair = PairOf(random.NextInt32(_connection.Rows), random.NextInt32(_connection.Columns));
            if (IsAbsent(pair))
            {
                return pair;
            }
        }

        // There is one, so this ends after at most all taken and all excluded pairs.
        while (!IsAbsent(pair))
        {
            pair = pair + 1 == pairs ? 0 : pair + 1;
        }

        return pair;
    }

    private bool IsAbsent(long pair) =>
        !_taken.Contains(pair) && (_rewiring.AllowSelf || pair / _connection.Columns != pair % _connection.Columns);

    /// <summary>The table in the order of rows, then columns; neighbours join only where their weights are neighbours, too.</summary>
    private SynapseTable ToTable()
    {
        var order = new int[_pairs.Length];
        for (int n = 0; n < order.Length; n++)
        {
            order[n] = n;
        }

        long[] sorted = (long[])_pairs.Clone();
        Array.Sort(sorted, order);
        var table = new SynapseTableBuilder(_connection.Rows, _connection.Columns);
        int row = 0;
        for (int n = 0; n < order.Length; n++)
        {
            int from = (int)(sorted[n] / _connection.Columns);
            for (; row < from; row++)
            {
                table.EndRow();
            }

            table.Add((int)(sorted[n] % _connection.Columns), order[n]);
        }

        for (; row < _connection.Rows; row++)
        {
            table.EndRow();
        }

        return table.ToTable(_pairs.Length);
    }
}
