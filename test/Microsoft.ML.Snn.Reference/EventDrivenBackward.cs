using System;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>EventProp from event to event, with refractory periods and a non-zero reset.</summary>
/// <remarks>
/// <para>λV = -(dL/dV)/τm and λI = -(dL/dI)/τs. When a spike moves later by δ: V is let go later, so after
/// the release it lacks V'δ = (I(t_rel) - Vreset) δ/τm; a target has δw/τs more current and lacks δw/τm of
/// membrane. Hence dL/dt_k = push + err with push = λV(t_rel) (I(t_rel) - Vreset) and
/// err = Σ w (λV - λI). The spike itself moves by -τm δV/(I(t_k) - ϑ) for a change δV of the membrane before
/// it, so λV before the spike is (push + err) / (I(t_k) - ϑ). While V is held λV is 0, and λI decays.</para>
/// <para>Without refractory period t_rel = t_k, and (λV (I - Vreset) + err) / (I - ϑ) is
/// λV + ((ϑ - Vreset) λV + err) / (I - ϑ): the jump of Wunderlich and Pehle, Sci. Rep. 11:12829 (2021),
/// Table 2. A release after the end of the trial pushes nothing.</para>
/// <para>A maximum of V is an impulse at its time. Where an arrival ended the rise, V turns with a kink: the
/// value read is V just before the arrival, so the arrival does not see the impulse, but moving it later
/// by δ raises the maximum by V'δ.</para>
/// <para>A first spike that is read has the error dL/dt, and its later spikes have none. A silent output is read
/// at its maximum M, with dL/dM = -dL/dt τm/ϑ.</para>
/// </remarks>
internal sealed class EventDrivenBackward
{
    private readonly ReferenceLayer[] _layers;
    private readonly ReferenceTrace _trace;
    private readonly double[] _outputError;
    private readonly double[] _spikeError;
    private readonly int[] _firstSpikes;
    private readonly bool _readsSpikes;
    private readonly bool _readsMaximum;
    private readonly bool[] _impulsePending;
    private readonly LayerAdjoint[] _adjoints;
    private readonly ReferenceGradient _gradient;

    public EventDrivenBackward(
        ReferenceLayer[] layers, ReferenceReadout readout, double duration, ReferenceTrace trace, double[] outputError)
    {
        _layers = layers;
        _trace = trace;
        _readsSpikes = readout == ReferenceReadout.FirstSpikeTime;
        _firstSpikes = [.. outputError.Select((_, k) => _readsSpikes ? trace.FirstSpike(layers.Length - 1, k) : -1)];
        _spikeError = outputError;
        _outputError = [.. outputError.Select(error =>
            _readsSpikes ? -error * layers[^1].MembraneTime / layers[^1].Threshold : error)];
        _readsMaximum = _readsSpikes || readout == ReferenceReadout.MaximumMembrane;
        _impulsePending = [.. _firstSpikes.Select(first => _readsMaximum && first < 0)];

        double scale = ReadoutDrive.Scale(readout, duration);
        double rate = ReadoutDrive.Rate(readout, duration);
        _adjoints = [.. layers.Select((layer, l) => new LayerAdjoint(
            layer,
            duration,
            l == layers.Length - 1 ? [.. outputError.Select(g => g * scale)] : new double[layer.NeuronCount],
            rate))];

        _gradient = new(
            [.. layers.Select(layer => new double[layer.InputCount, layer.NeuronCount])],
            [.. layers.Select(layer =>
                layer.RecurrentWeights is null ? null : new double[layer.NeuronCount, layer.NeuronCount])],
            new double[trace.Inputs.Count]);
    }

    public ReferenceGradient Run()
    {
        for (int index = _trace.Events.Count - 1; index >= 0; index--)
        {
            ReferenceEvent e = _trace.Events[index];
            switch (e.Kind)
            {
                case ReferenceEventKind.Input:
                    ReferenceInputSpike input = _trace.Inputs[e.Index];
                    _gradient.InputTimes[e.Index] = Collect(0, _layers[0].Weights, _gradient.Weights[0],
                        input.Channel, input.Value, e.Time) + TurnedMaxima(index, 0);
                    break;

                case ReferenceEventKind.Release:
                    Release(e);
                    break;

                default:
                    Spike(e, index);
                    break;
            }
        }

        return _gradient;
    }

    private void Release(ReferenceEvent e)
    {
        LayerAdjoint own = _adjoints[e.Layer];
        own.BackTo(e.Index, e.Time);
        own.Push[e.Index] = own.LambdaV[e.Index] * (e.Current - _layers[e.Layer].Reset);
        own.LambdaV[e.Index] = 0;
    }

    private void Spike(ReferenceEvent e, int eventIndex)
    {
        ReferenceLayer layer = _layers[e.Layer];
        LayerAdjoint own = _adjoints[e.Layer];
        int above = e.Layer + 1;

        double error = above == _layers.Length
            ? (_firstSpikes[e.Index] == eventIndex ? _spikeError[e.Index] : 0)
            : Collect(above, _layers[above].Weights, _gradient.Weights[above], e.Index, 1, e.Time)
                + TurnedMaxima(eventIndex, above);
        if (layer.RecurrentWeights is { } recurrent)
        {
            error += Collect(e.Layer, recurrent, _gradient.RecurrentWeights[e.Layer]!, e.Index, 1, e.Time);
        }

        own.BackTo(e.Index, e.Time);
        if (layer.RefractoryPeriod == 0)
        {
            own.Push[e.Index] = own.LambdaV[e.Index] * (e.Current - layer.Reset);
        }

        double rise = e.Current - layer.Threshold;
        if (!(rise > 0))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"Neuron {e.Index} of layer {e.Layer} only grazes its threshold at {e.Time} ms: no derivative there."));
        }

        own.LambdaV[e.Index] = (own.Push[e.Index] + error) / rise;
        own.Push[e.Index] = 0;
    }

    /// <summary>Adds one arrival's weight gradient and gives Σ w x (λV - λI) of its targets.</summary>
    private double Collect(
        int target, double[,] weights, double[,] gradient, int from, double value, double time)
    {
        LayerAdjoint adjoint = _adjoints[target];
        double error = 0;
        for (int j = 0; j < weights.GetLength(1); j++)
        {
            BackTo(target, j, time);
            gradient[from, j] -= _layers[target].SynapseTime * value * adjoint.LambdaI[j];
            error += weights[from, j] * value * (adjoint.LambdaV[j] - adjoint.LambdaI[j]);
        }

        return error;
    }

    /// <summary>Moves a neuron back in time, through the impulse of a maximum that turned by itself.</summary>
    private void BackTo(int layer, int j, double time)
    {
        if (layer == _layers.Length - 1 && _impulsePending[j]
            && _trace.Maxima[j].Event < 0 && _trace.Maxima[j].Time >= time)
        {
            _adjoints[layer].BackTo(j, _trace.Maxima[j].Time);
            Impulse(j);
        }

        _adjoints[layer].BackTo(j, time);
    }

    /// <summary>Gives dL/dt of an arrival that ended the rise of output membranes, and starts their impulses.</summary>
    private double TurnedMaxima(int eventIndex, int target)
    {
        double error = 0;
        for (int k = 0; _readsMaximum && target == _layers.Length - 1 && k < _outputError.Length; k++)
        {
            if (_firstSpikes[k] < 0 && _trace.Maxima[k].Event == eventIndex)
            {
                error += _outputError[k] * _trace.Maxima[k].Slope;
                Impulse(k);
            }
        }

        return error;
    }

    private void Impulse(int k)
    {
        _adjoints[^1].LambdaV[k] -= _outputError[k] / _layers[^1].MembraneTime;
        _impulsePending[k] = false;
    }
}
