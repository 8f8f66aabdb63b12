using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>A program with its weights in CPU memory: what all threads share.</summary>
/// <remarks>Any number of workers may run passes at once while no weight changes.</remarks>
internal sealed unsafe class GraphNetwork<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly Dictionary<ReadoutKind, NativeBuffer<float>> _readoutWeights = [];
    private readonly NativeBuffer<float> _values;
    private readonly LearnedNumbers _learned;

    public GraphNetwork(NetworkProgram program)
    {
        Program = program;
        Parameters = new GraphParameters(program, TLane.Width);
        Tables = [.. program.Connections.Select(c => c.Table)];
        _values = new NativeBuffer<float>(Parameters.Length + TLane.Width);
        _learned = new LearnedNumbers(program, TLane.Width);
        foreach (ReadoutKind kind in program.Populations.Where(p => p.Readout != null).Select(p => p.Readout!.Value).Distinct())
        {
            _readoutWeights[kind] = WeightsOf(kind);
        }
    }

    public NetworkProgram Program { get; }

    /// <summary>Where each weight lies in <see cref="Values"/>.</summary>
    public GraphParameters Parameters { get; }

    public float* Values => _values.Pointer;

    public PopulationCoefficients[] Populations => _learned.Populations;

    /// <summary>∂Y/∂V at the end of each step; 0 for the maximum, the first spike and the readout of every step.</summary>
    public float* ReadoutWeights(ReadoutKind kind) => _readoutWeights[kind].Pointer;

    /// <summary>The synapses of each connection, null where it is dense. Those of a rewired one change between batches.</summary>
    public SynapseTable?[] Tables { get; }

    /// <summary>Delays of each connection in steps now: one, one per row or one per weight.</summary>
    public int[][] DelaySteps => _learned.DelaySteps;

    public void Load(NetworkWeights weights)
    {
        Parameters.Load(weights, Values);
        foreach (ConnectionProgram c in Program.Connections)
        {
            Tables[c.Index] = weights.Tables[c.Index] ?? c.Table;
        }

        Refresh();
    }

    /// <summary>Makes what is learned beside weights count, kept within its range.</summary>
    public void Refresh()
    {
        for (int p = Program.Connections.Count; p < Program.Parameters.Count; p++)
        {
            _learned.Take(Program.Parameters[p], Parameters.Of(p, Values));
        }

        _learned.Refresh();
    }

    public void Save(NetworkWeights weights)
    {
        Parameters.Save(Values, weights);
        foreach (ConnectionProgram c in Program.Connections)
        {
            weights.Tables[c.Index] = c.Rewiring == null ? null : Tables[c.Index];
        }
    }

    public void Dispose()
    {
        _values.Dispose();
        _learned.Dispose();
        foreach (NativeBuffer<float> weights in _readoutWeights.Values)
        {
            weights.Dispose();
        }
    }

    private NativeBuffer<float> WeightsOf(ReadoutKind kind)
    {
        var weights = new NativeBuffer<float>(Program.Steps);
        for (int step = 0; step < Program.Steps && kind is not (ReadoutKind.Maximum or ReadoutKind.EveryStep or ReadoutKind.FirstSpikeTime); step++)
        {
            weights.Pointer[step] = (float)ReadoutEquations.Weight(kind, step, Program.Steps, Program.TimeStep);
        }

        return weights;
    }
}
