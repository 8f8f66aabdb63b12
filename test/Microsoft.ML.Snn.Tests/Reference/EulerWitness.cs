using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Reference;

namespace Microsoft.ML.Snn.Tests.Reference;

/// <summary>The differential equations in explicit Euler steps: knows no closed form and no event.</summary>
internal sealed class EulerWitness
{
    private readonly ReferenceLayer[] _layers;
    private readonly double[][] _membrane;
    private readonly double[][] _current;
    private readonly double[][] _heldUntil;

    public EulerWitness(ReferenceLayer[] layers)
    {
        _layers = layers;
        _membrane = [.. layers.Select(layer => new double[layer.NeuronCount])];
        _current = [.. layers.Select(layer => new double[layer.NeuronCount])];
        _heldUntil = [.. layers.Select(layer => new double[layer.NeuronCount])];
        Integral = new double[layers[^1].NeuronCount];
        Maximum = new double[layers[^1].NeuronCount];
    }

    public List<(int Layer, int Neuron, double Time)> Spikes { get; } = [];

    /// <summary>Gets ∫ V dt of each output neuron.</summary>
    public double[] Integral { get; }

    public double[] Maximum { get; }

    public void Run(IEnumerable<ReferenceInputSpike> inputs, double duration, double step)
    {
        var waiting = new Queue<ReferenceInputSpike>(inputs.OrderBy(s => s.Time));
        for (double time = 0; time < duration; time += step)
        {
            while (waiting.Count > 0 && waiting.Peek().Time <= time)
            {
                ReferenceInputSpike spike = waiting.Dequeue();
                Arrive(0, _layers[0].Weights, spike.Channel, spike.Value);
            }

            for (int l = 0; l < _layers.Length; l++)
            {
                StepLayer(l, time, step);
            }
        }
    }

    private void StepLayer(int l, double time, double step)
    {
        ReferenceLayer layer = _layers[l];
        for (int j = 0; j < layer.NeuronCount; j++)
        {
            double slope = (_current[l][j] - _membrane[l][j]) / layer.MembraneTime;
            _current[l][j] -= step * _current[l][j] / layer.SynapseTime;
            if (time >= _heldUntil[l][j])
            {
                _membrane[l][j] += step * slope;
            }

            if (l == _layers.Length - 1)
            {
                Integral[j] += step * _membrane[l][j];
                Maximum[j] = System.Math.Max(Maximum[j], _membrane[l][j]);
            }
            else if (_membrane[l][j] >= layer.Threshold)
            {
                _membrane[l][j] = layer.Reset;
                _heldUntil[l][j] = time + layer.RefractoryPeriod;
                Spikes.Add((l, j, time));
                Arrive(l + 1, _layers[l + 1].Weights, j, 1);
                if (layer.RecurrentWeights is { } recurrent)
                {
                    Arrive(l, recurrent, j, 1);
                }
            }
        }
    }

    private void Arrive(int l, double[,] weights, int from, double value)
    {
        for (int j = 0; j < weights.GetLength(1); j++)
        {
            _current[l][j] += weights[from, j] * value;
        }
    }
}
