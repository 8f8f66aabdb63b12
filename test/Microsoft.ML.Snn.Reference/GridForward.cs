using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Walks one trial forward, step by step; see <see cref="GridNetwork"/> for the order of a step.</summary>
internal sealed class GridForward
{
    private readonly ReferenceLayer[] _layers;
    private readonly GridSettings _settings;
    private readonly GridDecay[] _decay;
    private readonly double[][] _membrane;
    private readonly double[][] _current;

    // First grid index from which a neuron moves again; index of its last spike in the list, or -1.
    private readonly int[][] _releaseStep;
    private readonly int[][] _lastSpike;
    private readonly List<GridSpike>[] _spikes;

    // Who spiked at the end of the step before, and of this step.
    private List<int>[] _arriving;
    private List<int>[] _leaving;
    private readonly ILookup<int, GridInputSpike> _inputs;
    private readonly GridTrace _trace;

    public GridForward(ReferenceLayer[] layers, GridSettings settings, GridInput input)
    {
        _layers = layers;
        _settings = settings;
        _decay = [.. layers.Select(layer => GridDecay.Of(layer, settings.TimeStep))];
        _membrane = [.. layers.Select(layer => new double[layer.NeuronCount])];
        _current = [.. layers.Select(layer => new double[layer.NeuronCount])];
        _releaseStep = [.. layers.Select(layer => new int[layer.NeuronCount])];
        _lastSpike = [.. layers.Select(layer => Enumerable.Repeat(-1, layer.NeuronCount).ToArray())];
        _arriving = [.. layers.Select(_ => new List<int>())];
        _leaving = [.. layers.Select(_ => new List<int>())];
        _inputs = input.Spikes.ToLookup(s => s.Step);
        _spikes = [.. layers.Select(_ => new List<GridSpike>())];
        int outputs = layers[^1].NeuronCount;
        int indices = settings.StepCount + 1;
        _trace = new(input, _spikes, new double[indices, outputs], new double[indices, outputs])
        {
            Membrane = [.. layers.Select(layer => new double[indices, layer.NeuronCount])],
        };
    }

    public GridTrace Run()
    {
        for (int n = 0; n < _settings.StepCount; n++)
        {
            for (int l = 0; l < _layers.Length; l++)
            {
                KeepReleaseCurrents(l, n);
                Arrive(l, n);
            }

            for (int l = 0; l < _layers.Length; l++)
            {
                Step(l, n);
            }

            (_arriving, _leaving) = (_leaving, _arriving);
            Array.ForEach(_leaving, list => list.Clear());
            for (int l = 0; l < _layers.Length; l++)
            {
                for (int j = 0; j < _layers[l].NeuronCount; j++)
                {
                    _trace.Membrane[l][n + 1, j] = _membrane[l][j];
                }
            }

            for (int k = 0; k < _layers[^1].NeuronCount; k++)
            {
                _trace.OutputMembrane[n + 1, k] = _membrane[^1][k];
                _trace.OutputCurrent[n + 1, k] = _current[^1][k];
            }
        }

        for (int l = 0; l < _layers.Length; l++)
        {
            KeepReleaseCurrents(l, _settings.StepCount);
        }

        GridReadout.Read(_settings, _trace);
        return _trace;
    }

    private void Arrive(int l, int n)
    {
        if (l == 0)
        {
            ArriveFromOutside(n);
        }
        else
        {
            foreach (int neuron in _arriving[l - 1])
            {
                Add(l, _layers[l].Weights, neuron, 1);
            }
        }

        if (_layers[l].RecurrentWeights is { } recurrent)
        {
            foreach (int neuron in _arriving[l])
            {
                Add(l, recurrent, neuron, 1);
            }
        }
    }

    private void ArriveFromOutside(int n)
    {
        foreach (GridInputSpike spike in _inputs[n])
        {
            Add(0, _layers[0].Weights, spike.Channel, spike.Value);
        }

        for (int i = 0; i < _trace.Input.Constant.Length; i++)
        {
            Add(0, _layers[0].Weights, i, _settings.TimeStep / _layers[0].SynapseTime * _trace.Input.Constant[i]);
        }
    }

    private void Add(int l, double[,] weights, int from, double value)
    {
        for (int j = 0; j < weights.GetLength(1); j++)
        {
            _current[l][j] += weights[from, j] * value;
        }
    }

    private void Step(int l, int n)
    {
        bool spiking = l < _layers.Length - 1;
        for (int j = 0; j < _layers[l].NeuronCount; j++)
        {
            double current = _current[l][j];
            double before = _membrane[l][j];
            _current[l][j] = _decay[l].Synapse * current;
            if (n < _releaseStep[l][j])
            {
                continue;
            }

            double after = _decay[l].Membrane * before + _decay[l].CurrentIntoMembrane * current;
            _membrane[l][j] = after;
            if (spiking && after >= _layers[l].Threshold)
            {
                Spike(l, j, n + 1, before, current);
            }
        }
    }

    private void Spike(int l, int j, int index, double before, double currentBeforeDecay)
    {
        ReferenceLayer layer = _layers[l];
        double after = _membrane[l][j];
        double held = _settings.Reset == GridReset.Absolute
            ? layer.Reset
            : after - (layer.Threshold - layer.Reset);

        double current = _current[l][j];
        if (_settings.SpikeCurrent == SpikeCurrent.Interpolated)
        {
            // After a reset by subtraction V may start a step above the threshold: the spike is at its start.
            double f = before >= layer.Threshold ? 0 : (layer.Threshold - before) / (after - before);
            current = currentBeforeDecay * (1 - f * (1 - _decay[l].Synapse));
        }

        int heldSteps = (int)Math.Round(layer.RefractoryPeriod / _settings.TimeStep);
        double releaseCurrent = heldSteps == 0 ? current : double.NaN;

        _membrane[l][j] = held;
        _releaseStep[l][j] = index + heldSteps;
        _lastSpike[l][j] = _spikes[l].Count;
        _leaving[l].Add(j);
        _spikes[l].Add(new(index, j, current, held, index + heldSteps, releaseCurrent));
    }

    private void KeepReleaseCurrents(int l, int index)
    {
        for (int j = 0; j < _layers[l].NeuronCount; j++)
        {
            int last = _lastSpike[l][j];
            if (last >= 0 && _spikes[l][last] is { } spike && spike.ReleaseStep == index && spike.Step < index)
            {
                _spikes[l][last] = spike with { ReleaseCurrent = _current[l][j] };
            }
        }
    }
}
