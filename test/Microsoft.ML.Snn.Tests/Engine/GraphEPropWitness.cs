using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Tests.Networks;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>e-prop on a graph as its equations are printed: an eligibility for every synapse and step, in double precision, as plain loops.</summary>
/// <remarks>
/// z̄ is what the spikes of a synapse brought to V of its neuron; e = ψ·(z̄ - b·ε), ε := ρ·ε + e. The answer of an output to a spike is
/// measured with one spike. Through every synapse j → k to an output, of weight w and delay d, the gradient gets
/// w·E_k(n)·Σ answer(n - m - 1 - d)·e(m), summed in full for every n. Nothing is scanned backward. Random feedback is a synapse from every
/// neuron to every output, without delay, by its first current. A bias is what arrives at every step.
/// </remarks>
internal sealed class GraphEPropWitness(NetworkProgram program, NetworkWeights weights, EPropSettings settings)
{
    private readonly double[][][] _sent = [.. program.Populations.Select(p => Rows(program.Steps + 1, p.Units))];
    private readonly double[][][] _psi = [.. program.Populations.Select(p => Rows(program.Steps, p.Units))];
    private readonly double[][][] _rate = [.. program.Populations.Select(p => Rows(program.Steps, p.Units))];
    private readonly double[][][] _errors = [.. program.Populations.Select(p => Rows(program.Steps, p.Units))];
    private readonly Synapse[][] _synapses = [.. program.Connections.Select(c => SynapsesOf(c))];

    /// <summary>Distance of the nearest decision: below rounding, spikes of single precision may differ.</summary>
    public double Margin { get; private set; } = double.PositiveInfinity;

    public int Spikes { get; private set; }

    public double Loss { get; private set; }

    private int Steps => program.Steps;

    /// <summary>Runs one example.</summary>
    /// <param name="input">Shape [step][channel].</param>
    /// <param name="label">Its class.</param>
    /// <returns>The gradient of every parameter: the weights of every connection, then biases.</returns>
    public double[][] Run(double[][] input, int label)
    {
        Forward(input);
        foreach (PopulationProgram output in program.Outputs)
        {
            for (int n = 0; n < Steps; n++)
            {
                double[] v = _psi[output.Index][n];
                Loss += output.LossWeight * SoftmaxCrossEntropy.Loss(v, label) / Steps;
                _errors[output.Index][n] = [.. SoftmaxCrossEntropy.Derivative(v, label).Select(e => output.LossWeight * e / Steps)];
            }
        }

        return [.. program.Parameters.Select(p => p.Kind == ParameterKind.Weight ? Gradient(program.Connections[p.Index], input) : BiasGradient(program.Populations[p.Owner]))];
    }

    private static Synapse[] SynapsesOf(ConnectionProgram connection)
    {
        int[] delays = connection.Delay.ToArray();
        return
        [
            .. Synapses.Of(connection.Table ?? SynapseTable.Dense(connection.Rows, connection.Columns)).Select(s => new Synapse(
                s.Row, s.Column, s.Weight, delays[connection.Delay.OfWeight != null ? s.Weight : connection.Delay.OfRow != null ? s.Row : 0])),
        ];
    }

    /// <summary>What row i of a connection brings at a step, were it not for its delay.</summary>
    private double Sent(ConnectionProgram connection, double[][] input, int step, int row) => step < 0 ? 0
        : connection.IsFromInput ? input[step][row] : _sent[connection.Source][step][row];

    private void Forward(double[][] input)
    {
        var states = program.Populations.Select(p => (V: new double[p.Units], A: new double[p.Units], Held: new int[p.Units],
            F: Enumerable.Repeat(settings.RateTarget * program.TimeStep / 1000, p.Units).ToArray(), I: Rows(p.Groups.Count, p.Units))).ToArray();
        for (int n = 0; n < Steps; n++)
        {
            foreach (ConnectionProgram c in program.Connections)
            {
                foreach (Synapse s in _synapses[c.Index])
                {
                    states[c.Target].I[c.Group][s.Column] += weights[c.Index][s.Weight] * Sent(c, input, n - s.Delay, s.Row);
                }
            }

            foreach (PopulationProgram p in program.Populations)
            {
                for (int j = 0; j < p.Units; j++)
                {
                    Move(p, states[p.Index], n, j);
                }
            }
        }
    }

    private void Move(PopulationProgram p, (double[] V, double[] A, int[] Held, double[] F, double[][] I) state, int n, int j)
    {
        NeuronProgram neuron = p.Neuron;
        double alpha = Math.Exp(-program.TimeStep / neuron.MembraneTime[0]), v = alpha * state.V[j];
        v += (1 - alpha) * (program.Parameters.FirstOrDefault(b => b.Kind == ParameterKind.Bias && b.Owner == p.Index) is { } bias ? weights[bias.Index][j] : 0);
        for (int g = 0; g < p.Groups.Count; g++)
        {
            (double beta, double kappa) = Decay(p, g);
            v += kappa * state.I[g][j];
            state.I[g][j] *= beta;
        }

        if (!neuron.IsSpiking)
        {
            (state.V[j], _psi[p.Index][n][j]) = (v, v);
            return;
        }

        double threshold = neuron.Threshold[0] + neuron.AdaptationStrength[0] * state.A[j], z = 0;
        if (state.Held[j] > 0)
        {
            state.Held[j]--;
        }
        else
        {
            Margin = Math.Min(Margin, Math.Abs(v - threshold));
            _psi[p.Index][n][j] = settings.Damping / neuron.Threshold[0] * Math.Max(0, 1 - Math.Abs(v - threshold) / neuron.Threshold[0]);
            if (v >= threshold)
            {
                z = 1;
                v = neuron.ResetBySubtraction ? v - (neuron.Threshold[0] - neuron.Reset[0]) : neuron.Reset[0];
                state.Held[j] = neuron.RefractorySteps;
                Spikes++;
            }

            state.V[j] = v;
        }

        _sent[p.Index][n + 1][j] = z;
        state.A[j] = Math.Exp(-program.TimeStep / neuron.AdaptationTime[0]) * state.A[j] + z;
        double forget = Math.Exp(-program.TimeStep / settings.RateTime);
        state.F[j] = forget * state.F[j] + (1 - forget) * z;
        _rate[p.Index][n][j] = settings.RateStrength * (state.F[j] - settings.RateTarget * program.TimeStep / 1000);
    }

    private double[] Gradient(ConnectionProgram c, double[][] input)
    {
        double[] gradient = new double[c.WeightCount];
        double[] answer = Answer(program.Populations[c.Target], c.Group);
        foreach (Synapse s in _synapses[c.Index])
        {
            double[] trace = [.. Enumerable.Range(0, Steps).Select(n => Enumerable.Range(0, n + 1).Sum(
                m => answer[n - m] * Sent(c, input, m - s.Delay, s.Row)))];
            gradient[s.Weight] += program.Populations[c.Target].Readout != null
                ? Enumerable.Range(0, Steps).Sum(n => trace[n] * _errors[c.Target][n][s.Column])
                : Hidden(program.Populations[c.Target], s.Column, trace);
        }

        return gradient;
    }

    private double[] BiasGradient(PopulationProgram p)
    {
        double alpha = Math.Exp(-program.TimeStep / p.Neuron.MembraneTime[0]);
        double[] trace = [.. Enumerable.Range(0, Steps).Select(n => Enumerable.Range(0, n + 1).Sum(m => (1 - alpha) * Math.Pow(alpha, n - m)))];
        return [.. Enumerable.Range(0, p.Units).Select(j => p.Readout != null
            ? Enumerable.Range(0, Steps).Sum(n => trace[n] * _errors[p.Index][n][j])
            : Hidden(p, j, trace))];
    }

    private double Hidden(PopulationProgram p, int j, double[] trace)
    {
        double rho = Math.Exp(-program.TimeStep / p.Neuron.AdaptationTime[0]), b = p.Neuron.AdaptationStrength[0], slow = 0, sum = 0;
        double[] e = new double[Steps];
        for (int n = 0; n < Steps; n++)
        {
            e[n] = _psi[p.Index][n][j] * (trace[n] - b * slow);
            slow = rho * slow + e[n];
            sum += _rate[p.Index][n][j] * e[n];
        }

        return sum + Feedback(p, j).Sum(way =>
        {
            double[] answer = Answer(program.Populations[way.Output], way.Group);
            return Enumerable.Range(0, Steps).Sum(n => way.Weight * _errors[way.Output][n][way.Unit]
                * Enumerable.Range(0, Math.Max(0, n - way.Delay)).Sum(m => answer[n - m - 1 - way.Delay] * e[m]));
        });
    }

    /// <summary>All ways on which the errors of outputs come to a neuron.</summary>
    private IEnumerable<(int Output, int Unit, int Group, int Delay, double Weight)> Feedback(PopulationProgram p, int j)
    {
        if (settings.Feedback == EPropFeedback.Random)
        {
            int place = program.Spiking.ToList().IndexOf(p);
            return program.Outputs.SelectMany((output, n) =>
            {
                float[] drawn = settings.DrawFeedback(n * program.Spiking.Count + place, p.Units, output.Units);
                return Enumerable.Range(0, output.Units).Select(unit => (output.Index, unit, 0, 0, (double)drawn[j * output.Units + unit]));
            });
        }

        return program.Connections.Where(c => c.Source == p.Index && program.Populations[c.Target].Readout != null).SelectMany(c =>
            _synapses[c.Index].Where(s => s.Row == j).Select(s => (c.Target, s.Column, c.Group, s.Delay, (double)weights[c.Index][s.Weight])));
    }

    /// <summary>V after each step that follows the arrival of one spike of weight 1.</summary>
    private double[] Answer(PopulationProgram p, int group)
    {
        (double beta, double kappa) = Decay(p, group);
        double alpha = Math.Exp(-program.TimeStep / p.Neuron.MembraneTime[0]), v = 0, current = 1;
        double[] answer = new double[Steps];
        for (int n = 0; n < Steps; n++)
        {
            v = alpha * v + kappa * current;
            current *= beta;
            answer[n] = v;
        }

        return answer;
    }

    private (double Beta, double Kappa) Decay(PopulationProgram p, int group)
    {
        double membrane = p.Neuron.MembraneTime[0], synapse = p.Groups[group].Time;
        if (p.Groups[group].Kind == SynapseKind.Delta)
        {
            return (0, 1);
        }

        double beta = Math.Exp(-program.TimeStep / synapse);
        return (beta, synapse / (membrane - synapse) * (Math.Exp(-program.TimeStep / membrane) - beta));
    }

    private static double[][] Rows(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];

    private readonly record struct Synapse(int Row, int Column, int Weight, int Delay);
}
