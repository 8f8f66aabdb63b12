using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Runs one trial from event to event.</summary>
internal sealed class EventDrivenForward
{
    private readonly ReferenceLayer[] _layers;
    private readonly double _duration;
    private readonly LayerState[] _states;
    private readonly OutputReader _reader;
    private readonly ReferenceTrace _trace;
    private readonly int[] _inputOrder;
    private readonly bool _readsSpikes;
    private int _nextInput;

    public EventDrivenForward(
        ReferenceLayer[] layers, ReferenceReadout readout, double duration, IReadOnlyList<ReferenceInputSpike> inputs)
    {
        _layers = layers;
        _duration = duration;
        _reader = new(layers[^1], readout, duration);
        _readsSpikes = readout == ReferenceReadout.FirstSpikeTime;
        _states = [.. layers.Select((layer, l) => new LayerState(
            layer, l == layers.Length - 1 ? _reader : null, spikes: l < layers.Length - 1 || _readsSpikes))];
        _trace = new(inputs);
        _inputOrder = [.. Enumerable.Range(0, inputs.Count).OrderBy(k => inputs[k].Time)];
    }

    public ReferenceTrace Run()
    {
        for (ReferenceEvent next = Next(); next.Time <= _duration; next = Next())
        {
            Process(next);
        }

        for (int k = 0; k < _layers[^1].NeuronCount; k++)
        {
            _states[^1].Advance(k, _duration, -1);
        }

        _trace.Maxima = _reader.Maxima;
        _trace.Outputs = [.. Enumerable.Range(0, _layers[^1].NeuronCount).Select(k => _readsSpikes ? FirstSpike(k) : _reader.Output(k))];
        return _trace;
    }

    private double FirstSpike(int k)
    {
        int output = _layers.Length - 1;
        int first = _trace.FirstSpike(output, k);
        if (first >= 0)
        {
            return _trace.Events[first].Time;
        }

        if (_trace.Maxima[k].Value <= 0)
        {
            _trace.Maxima[k] = new(_states[output].Membrane(k), _duration, -1, 0);
        }

        return _duration + _layers[output].MembraneTime * (1 - _trace.Maxima[k].Value / _layers[output].Threshold);
    }

    /// <summary>Finds the earliest event; at equal times a release, then a spike, then an input.</summary>
    /// <remarks>
    /// V is continuous, so what arrives at the time of a crossing cannot prevent it: the spike comes first.
    /// Equal crossings go by layer, then by neuron.
    /// </remarks>
    private ReferenceEvent Next()
    {
        ReferenceEvent next = new(ReferenceEventKind.Input, double.PositiveInfinity, -1, -1, double.NaN);
        for (int l = 0; l < _layers.Length; l++)
        {
            Consider(_states[l].NextRelease, l, ReferenceEventKind.Release, ref next);
        }

        for (int l = 0; l < _layers.Length; l++)
        {
            Consider(_states[l].NextSpike, l, ReferenceEventKind.Spike, ref next);
        }

        if (_nextInput < _inputOrder.Length && _trace.Inputs[_inputOrder[_nextInput]].Time < next.Time)
        {
            int index = _inputOrder[_nextInput];
            next = new(ReferenceEventKind.Input, _trace.Inputs[index].Time, -1, index, double.NaN);
        }

        return next;
    }

    private static void Consider(double[] times, int layer, ReferenceEventKind kind, ref ReferenceEvent next)
    {
        for (int j = 0; j < times.Length; j++)
        {
            if (times[j] < next.Time)
            {
                next = new(kind, times[j], layer, j, double.NaN);
            }
        }
    }

    private void Process(ReferenceEvent e)
    {
        int eventIndex = _trace.EventTape.Count;
        switch (e.Kind)
        {
            case ReferenceEventKind.Input:
                _nextInput++;
                _trace.EventTape.Add(e);
                ReferenceInputSpike input = _trace.Inputs[e.Index];
                Deliver(0, _layers[0].Weights, input.Channel, input.Value, e.Time, eventIndex);
                break;

            case ReferenceEventKind.Release:
                _trace.EventTape.Add(e with { Current = _states[e.Layer].Release(e.Index, e.Time) });
                break;

            default:
                _trace.EventTape.Add(e with { Current = _states[e.Layer].Spike(e.Index, e.Time) });
                if (e.Layer < _layers.Length - 1)
                {
                    Deliver(e.Layer + 1, _layers[e.Layer + 1].Weights, e.Index, 1, e.Time, eventIndex);
                }

                if (_layers[e.Layer].RecurrentWeights is { } recurrent)
                {
                    Deliver(e.Layer, recurrent, e.Index, 1, e.Time, eventIndex);
                }

                break;
        }
    }

    private void Deliver(int target, double[,] weights, int from, double value, double time, int eventIndex)
    {
        for (int j = 0; j < weights.GetLength(1); j++)
        {
            _states[target].Arrive(j, time, weights[from, j] * value, eventIndex);
        }
    }
}
