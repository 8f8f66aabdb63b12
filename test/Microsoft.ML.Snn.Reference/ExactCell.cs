using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>One neuron of an <see cref="ExactGraph"/>: between two events a linear system x' = f(x), solved by its Taylor series.</summary>
internal sealed class ExactCell
{
    private const int Terms = 14;

    // V, A, ∫V, and two stages of every current.
    private const int V = 0;
    private const int A = 1;
    private const int Sum = 2;
    private const int Currents = 3;

    private readonly ExactPopulation _neuron;
    private readonly (ExactSynapseKind Kind, double Time)[] _synapses;
    private double[] _x;

    public ExactCell(ExactPopulation neuron, IEnumerable<ExactConnection> connections)
    {
        _neuron = neuron;
        _synapses = [.. connections.Where(c => c.Kind != ExactSynapseKind.Delta).Select(c => (c.Kind, c.SynapseTime)).Distinct()];
        _x = new double[Currents + 2 * _synapses.Length];
    }

    /// <summary>When the neuron is released from its refractory period.</summary>
    public double HeldUntil { get; private set; } = double.NegativeInfinity;

    public double Integral => _x[Sum];

    /// <summary>How far the potential is above the threshold.</summary>
    public double Above => AboveOf(_x);

    public void Add(ExactConnection connection, double weight, bool isHeld)
    {
        if (connection.Kind == ExactSynapseKind.Delta)
        {
            _x[V] += isHeld ? 0 : weight;
            return;
        }

        int at = Currents + 2 * Array.IndexOf(_synapses, (connection.Kind, connection.SynapseTime));
        _x[connection.Kind == ExactSynapseKind.Alpha ? at + 1 : at] += weight;
    }

    public double AboveAfter(double time) => AboveOf(Solve(time, isHeld: false));

    public void Move(double time, bool isHeld) => _x = Solve(time, isHeld);

    public void Spike(double time)
    {
        _x[V] = _neuron.BySubtraction ? _x[V] - (_neuron.Threshold - _neuron.Reset) : _neuron.Reset;
        _x[A]++;
        HeldUntil = time + _neuron.RefractoryPeriod;
    }

    private double AboveOf(double[] x) => x[V] - _neuron.Threshold - _neuron.AdaptationStrength * x[A];

    private double[] Solve(double time, bool isHeld)
    {
        double[] x = [.. _x];
        double[] term = [.. _x];
        for (int n = 1; n <= Terms; n++)
        {
            // Only the first derivative sees the constant part of f.
            term = Derivative(term, isHeld, n == 1 ? _neuron.Bias : 0);
            for (int k = 0; k < x.Length; k++)
            {
                term[k] *= time / n;
                x[k] += term[k];
            }
        }

        return x;
    }

    private double[] Derivative(double[] x, bool isHeld, double bias)
    {
        var d = new double[x.Length];
        double current = bias;
        for (int s = 0; s < _synapses.Length; s++)
        {
            int at = Currents + 2 * s;
            current += x[at];
            d[at] = (x[at + 1] - x[at]) / _synapses[s].Time;
            d[at + 1] = -x[at + 1] / _synapses[s].Time;
        }

        d[V] = isHeld ? 0 : (current - (_neuron.IsLeaky ? x[V] : 0)) / _neuron.MembraneTime;
        d[A] = -x[A] / _neuron.AdaptationTime;
        d[Sum] = x[V];
        return d;
    }
}
