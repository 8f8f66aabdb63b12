using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>EventProp on the grid: jumps at grid indices, exact integration in between.</summary>
/// <remarks>
/// <para>All adjoints are 0 at index N. At every index i = N .. 1, in this order: the errors of the spikes of
/// index i are taken from the adjoints of all layers as the integration left them; the output layer gets
/// λV -= (dL/dY) (dY/dV_i) / τm; neurons released at i keep push = λV (I_rel - V_held) and get λV = 0; neurons
/// that spiked at i get λV = (push + err) / (I - ϑ) - spike push. Then one step back,
/// λI = β λI + κ2 λV and λV = α λV, and the arrivals of step i - 1 add -τs x λI to their weights.</para>
/// <para>So a spike of index N has no error, as it reaches nobody, and an arrival does not see the output
/// membrane that is read at its own index: that value is V just before it.</para>
/// <para>Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), Table 2; the refractory period and the
/// reset as in <see cref="EventDrivenBackward"/>.</para>
/// </remarks>
internal sealed class GridBackward
{
    private readonly ReferenceLayer[] _layers;
    private readonly GridSettings _settings;
    private readonly GridTrace _trace;
    private readonly ILookup<int, GridInputSpike> _inputs;
    private readonly ILookup<int, GridSpike>[] _spikes;
    private readonly ILookup<int, GridSpike>[] _releases;
    private readonly double[] _outputError;
    private readonly double[][] _spikePush;
    private readonly double[,]? _membraneError;
    private readonly GridDecay[] _decay;
    private readonly double[][] _lambdaV;
    private readonly double[][] _lambdaI;
    private readonly double[][] _releasePush;
    private readonly double[][,] _gradient;
    private readonly double[,]?[] _recurrentGradient;
    private int _grazing;

    public GridBackward(
        ReferenceLayer[] layers, GridSettings settings, GridTrace trace, double[] outputError, double[][] spikePush,
        double[,]? membraneError)
    {
        _layers = layers;
        _settings = settings;
        _trace = trace;
        _inputs = trace.Input.Spikes.ToLookup(s => s.Step);
        _spikes = [.. layers.Select((_, l) => trace.Spikes(l).ToLookup(s => s.Step))];
        _releases = [.. layers.Select((_, l) => trace.Spikes(l).ToLookup(s => s.ReleaseStep))];
        _outputError = outputError;
        _spikePush = spikePush;
        _membraneError = membraneError;
        _decay = [.. layers.Select(layer => GridDecay.Of(layer, settings.TimeStep))];
        _lambdaV = [.. layers.Select(layer => new double[layer.NeuronCount])];
        _lambdaI = [.. layers.Select(layer => new double[layer.NeuronCount])];
        _releasePush = [.. layers.Select(layer => new double[layer.NeuronCount])];
        _gradient = [.. layers.Select(layer => new double[layer.InputCount, layer.NeuronCount])];
        _recurrentGradient = [.. layers.Select(layer =>
            layer.RecurrentWeights is null ? null : new double[layer.NeuronCount, layer.NeuronCount])];
    }

    public GridGradient Run()
    {
        for (int index = _settings.StepCount; index >= 1; index--)
        {
            double[][] errors = [.. _layers.Select((_, l) => Errors(l, index))];
            DriveOutputs(index);
            for (int l = 0; l < _layers.Length - 1; l++)
            {
                Release(l, index);
                Jump(l, index, errors[l]);
            }

            for (int l = 0; l < _layers.Length; l++)
            {
                StepBack(l);
                CollectArrivals(l, index - 1);
            }
        }

        return new(_gradient, _recurrentGradient, _grazing);
    }

    /// <summary>Gives Σ w (λV - λI) over the targets of each neuron that spiked at an index, shape [neuron].</summary>
    private double[] Errors(int l, int index)
    {
        var errors = new double[_layers[l].NeuronCount];
        foreach (GridSpike spike in _spikes[l][index])
        {
            errors[spike.Neuron] = Error(l + 1, _layers[l + 1].Weights, spike.Neuron);
            if (l == _layers.Length - 2 && _settings.ArrivalMovesMaximum && index < _settings.StepCount)
            {
                errors[spike.Neuron] += MovedMaxima(index);
            }

            if (_layers[l].RecurrentWeights is { } recurrent)
            {
                errors[spike.Neuron] += Error(l, recurrent, spike.Neuron);
            }
        }

        return errors;
    }

    private double Error(int target, double[,] weights, int from)
    {
        double error = 0;
        for (int j = 0; j < weights.GetLength(1); j++)
        {
            error += weights[from, j] * (_lambdaV[target][j] - _lambdaI[target][j]);
        }

        return error;
    }

    /// <summary>Gives Σ (dL/dY) V' over the outputs whose maximum lies at an index, V' taken before the arrivals.</summary>
    private double MovedMaxima(int index)
    {
        double error = 0;
        for (int k = 0; k < _outputError.Length; k++)
        {
            if (_settings.Readout == ReferenceReadout.MaximumMembrane && _trace.MaximumStep[k] == index)
            {
                double slope = (_trace.OutputCurrent[index, k] - _trace.OutputMembrane[index, k]) / _layers[^1].MembraneTime;
                error += _outputError[k] * slope;
            }
        }

        return error;
    }

    private void DriveOutputs(int index)
    {
        for (int k = 0; k < _outputError.Length; k++)
        {
            double weight = GridReadout.Weight(_settings, index, _trace.MaximumStep[k]);
            double error = _outputError[k] * weight + (_membraneError?[index, k] ?? 0);
            _lambdaV[^1][k] -= error / _layers[^1].MembraneTime;
        }
    }

    private void Release(int l, int index)
    {
        foreach (GridSpike spike in _releases[l][index])
        {
            _releasePush[l][spike.Neuron] = _lambdaV[l][spike.Neuron] * (spike.ReleaseCurrent - spike.Held);
            _lambdaV[l][spike.Neuron] = 0;
        }
    }

    private void Jump(int l, int index, double[] errors)
    {
        foreach (GridSpike spike in _spikes[l][index])
        {
            int j = spike.Neuron;
            double rise = spike.Current - _layers[l].Threshold;
            if (rise < _settings.GrazingLimit)
            {
                // V rose through the threshold, so a rise of 0 or less is an artefact of the step.
                rise = _settings.GrazingLimit;
                _grazing++;
            }

            _lambdaV[l][j] = (_releasePush[l][j] + errors[j]) / rise - _spikePush[l][j];
            _releasePush[l][j] = 0;
        }
    }

    private void StepBack(int l)
    {
        for (int j = 0; j < _layers[l].NeuronCount; j++)
        {
            _lambdaI[l][j] = _decay[l].Synapse * _lambdaI[l][j] + _decay[l].MembraneIntoCurrent * _lambdaV[l][j];
            _lambdaV[l][j] *= _decay[l].Membrane;
        }
    }

    private void CollectArrivals(int l, int step)
    {
        if (l == 0)
        {
            foreach (GridInputSpike spike in _inputs[step])
            {
                Collect(0, _gradient[0], spike.Channel, spike.Value);
            }

            for (int i = 0; i < _trace.Input.Constant.Length; i++)
            {
                Collect(0, _gradient[0], i, _settings.TimeStep / _layers[0].SynapseTime * _trace.Input.Constant[i]);
            }
        }
        else
        {
            foreach (GridSpike spike in _spikes[l - 1][step])
            {
                Collect(l, _gradient[l], spike.Neuron, 1);
            }
        }

        if (_recurrentGradient[l] is { } recurrent)
        {
            foreach (GridSpike spike in _spikes[l][step])
            {
                Collect(l, recurrent, spike.Neuron, 1);
            }
        }
    }

    private void Collect(int target, double[,] gradient, int from, double value)
    {
        for (int j = 0; j < gradient.GetLength(1); j++)
        {
            gradient[from, j] -= _layers[target].SynapseTime * value * _lambdaI[target][j];
        }
    }
}
