using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>e-prop in the trial that a worker runs: what its spiking populations remember, and the errors of the outputs at every step.</summary>
/// <remarks>
/// Going back, the outputs keep Q = dL/dI of every step. A spike found at the end of step n arrives at an output at n + 1, or later by
/// the delay of its connection, so that the learning signal of step n is Σ feedback·Q(n + 1 + delay).
/// </remarks>
internal sealed unsafe class GraphEProp<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly GraphFeedback<TLane> _feedback;
    private readonly EPropTrace<TLane>?[] _traces;
    private readonly NativeBuffer<float>[][] _errors;
    private readonly int[] _strides;

    public GraphEProp(NetworkProgram program, GraphFeedback<TLane> feedback)
    {
        _feedback = feedback;
        _traces =
        [
            .. program.Populations.Select(p => p.Neuron.IsSpiking ? new EPropTrace<TLane>(p, program, feedback.Settings) : null),
        ];
        _strides = [.. program.Populations.Select(p => CpuWeights.Padded(p.Units, TLane.Width))];
        _errors =
        [
            .. program.Populations.Select(p => p.Groups
                .Select(_ => new NativeBuffer<float>(p.Readout == null ? 0 : (long)program.Steps * _strides[p.Index])).ToArray()),
        ];
    }

    /// <summary>Number of examples of the batch.</summary>
    public int BatchSize
    {
        set
        {
            foreach (EPropTrace<TLane>? trace in _traces)
            {
                if (trace != null)
                {
                    trace.BatchSize = value;
                }
            }
        }
    }

    /// <summary>What a population remembers, or null where it does not spike.</summary>
    public EPropTrace<TLane>? TraceOf(int population) => _traces[population];

    /// <summary>Tells every spiking population what the errors say of its spikes at the end of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="steps">Number of steps of the trial.</param>
    public void Send(int step, int steps)
    {
        for (int p = 0; p < _traces.Length; p++)
        {
            if (_traces[p] is { } trace)
            {
                new Span<float>(trace.Signal, _strides[p]).Clear();
            }
        }

        foreach (FeedbackLink link in _feedback.Links)
        {
            int arrival = step + 1 + link.Delay;
            if (arrival >= steps)
            {
                continue;
            }

            float* signal = _traces[link.Population]!.Signal;
            float* errors = _errors[link.Output][link.Group].Pointer + (nint)arrival * _strides[link.Output];
            for (int unit = 0; unit < link.Units; unit++)
            {
                SegmentLoops<TLane>.AddScaled(link.Weights + (nint)unit * link.Stride, errors[unit], signal, link.Stride);
            }
        }
    }

    /// <summary>Keeps Q of a step that the outputs have gone back over.</summary>
    public void Keep(int step, IReadOnlyList<CellPass<TLane>> populations)
    {
        for (int p = 0; p < _errors.Length; p++)
        {
            for (int group = 0; group < _errors[p].Length && _errors[p][group].Length > 0; group++)
            {
                int stride = _strides[p];
                new ReadOnlySpan<float>(populations[p].Arrivals(group), stride)
                    .CopyTo(new Span<float>(_errors[p][group].Pointer + (nint)step * stride, stride));
            }
        }
    }

    public void Dispose()
    {
        Array.ForEach(_traces, trace => trace?.Dispose());
        Array.ForEach(_errors, groups => Array.ForEach(groups, errors => errors.Dispose()));
    }
}
