using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Deep-R of a network on a device: the host rewires between two batches, with the object of the CPU engine, and copies what has changed.</summary>
internal sealed class DeviceRewiring
{
    private readonly NetworkProgram _program;
    private readonly DeviceParameters _parameters;
    private readonly DeviceGraphProgram _graph;
    private readonly Rewirer?[] _rewirers;
    private readonly SynapseTable?[] _tables;

    public DeviceRewiring(NetworkProgram program, DeviceParameters parameters, DeviceGraphProgram graph)
    {
        (_program, _parameters, _graph) = (program, parameters, graph);
        _rewirers = [.. program.Connections.Select(c => c.Rewiring == null ? null : new Rewirer(c))];
        _tables = [.. program.Connections.Select(c => c.Rewiring == null ? null : c.Table)];
    }

    /// <summary>Takes over synapses with their weights.</summary>
    public void Load(NetworkWeights weights)
    {
        for (int c = 0; c < _rewirers.Length; c++)
        {
            if (_rewirers[c] is { } rewirer)
            {
                Take(c, weights.Tables[c] ?? _program.Connections[c].Table!);
                rewirer.Load(_tables[c]!, weights[c]);
            }
        }
    }

    /// <summary>Says where the synapses lead now.</summary>
    public void Save(NetworkWeights weights) => _tables.CopyTo(weights.Tables, 0);

    /// <summary>Rewires after an update.</summary>
    public unsafe void Apply()
    {
        for (int c = 0; c < _rewirers.Length; c++)
        {
            if (_rewirers[c] is not { } rewirer)
            {
                continue;
            }

            ParameterProgram parameter = _program.Parameters[c];
            float[] values = new float[parameter.Length], mean = new float[values.Length], square = new float[values.Length];
            _parameters.Save(parameter, values, mean, square);
            fixed (float* value = values, first = mean, second = square)
            {
                if (rewirer.Apply(value, first, second) is { } table)
                {
                    Take(c, table);
                }
            }

            _parameters.Load(parameter, values, mean, square);
        }
    }

    /// <summary>Gives how many synapses moved, and how many found no place, since the last call.</summary>
    public (long Rewired, long Failures) TakeCounts()
    {
        long rewired = 0, failures = 0;
        foreach (Rewirer? rewirer in _rewirers)
        {
            (long moved, long failed) = rewirer?.TakeCounts() ?? default;
            (rewired, failures) = (rewired + moved, failures + failed);
        }

        return (rewired, failures);
    }

    public void SaveState(BinaryWriter writer) => Array.ForEach(_rewirers, rewirer => rewirer?.SaveState(writer));

    /// <summary>Reads what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(BinaryReader reader)
    {
        for (int c = 0; c < _rewirers.Length; c++)
        {
            if (_rewirers[c] is { } rewirer)
            {
                Take(c, rewirer.LoadState(reader));
            }
        }
    }

    private void Take(int connection, SynapseTable table)
    {
        _tables[connection] = table;
        _graph.Rewire(_program.Connections[connection], table);
    }
}
