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

    public GraphNetwork(NetworkProgram program)
    {
        Program = program;
        Parameters = new GraphParameters(program, TLane.Width);
        Tables = [.. program.Connections.Select(c => c.Table)];
        _values = new NativeBuffer<float>(Parameters.Length + TLane.Width);
        Populations = [.. program.Populations.Select(p => new PopulationCoefficients(p, program.TimeStep, TLane.Width))];
        DelaySteps = [.. program.Connections.Select(c => (int[])c.Delay.ToArray().Clone())];
        foreach (ReadoutKind kind in program.Populations.Where(p => p.Readout != null).Select(p => p.Readout!.Value).Distinct())
        {
            _readoutWeights[kind] = WeightsOf(kind);
        }
    }

    public NetworkProgram Program { get; }

    /// <summary>Where each weight lies in <see cref="Values"/>.</summary>
    public GraphParameters Parameters { get; }

    public float* Values => _values.Pointer;

    public PopulationCoefficients[] Populations { get; }

    /// <summary>∂Y/∂V at the end of each step; 0 for the maximum, the first spike and the readout of every step.</summary>
    public float* ReadoutWeights(ReadoutKind kind) => _readoutWeights[kind].Pointer;

    /// <summary>The synapses of each connection, null where it is dense. Those of a rewired one change between batches.</summary>
    public SynapseTable?[] Tables { get; }

    /// <summary>Delays of each connection in steps now: one, one per row or one per weight.</summary>
    public int[][] DelaySteps { get; }

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
            ParameterProgram parameter = Program.Parameters[p];
            Span<float> values = Parameters.Of(p, Values);
            for (int n = 0; n < values.Length; n++)
            {
                (float minimum, float maximum) = LearnedProgram.RangeOf(Program, parameter, n);
                values[n] = Math.Clamp(values[n], minimum, maximum);
            }

            if (parameter.Kind == ParameterKind.Delay)
            {
                for (int n = 0; n < values.Length; n++)
                {
                    DelaySteps[parameter.Owner][n] = (int)Math.Round(values[n] / Program.TimeStep);
                }
            }
            else
            {
                Populations[parameter.Owner].Set(parameter, values);
            }
        }

        foreach (PopulationCoefficients population in Populations)
        {
            if (population.Program.Neuron.Learned != LearnedParameters.None)
            {
                population.Refresh();
            }
        }
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
        Array.ForEach(Populations, p => p.Dispose());
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
