using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>e-prop as its equations are printed: every synapse at every step, in double precision, no trick.</summary>
/// <remarks>
/// <para>Forward, step n: I := β·I + Σ w·S(n), V := α·V + κ·I, spike at V ≥ ϑ + b·A; spikes of step n arrive at step n + 1.
/// Per synapse: z̄ is V's answer to its spikes, e = ψ·(z̄ - b·ε), ε := ψ·z̄ + (ρ - ψ·b)·ε. The output's answer to a spike is
/// measured by running the output on one spike; ē(n) = Σ answer(n - m)·e(m) is summed in full for every n.</para>
/// <para>Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020), the eligibility traces of
/// LIF and ALIF neurons and the learning signals.</para>
/// </remarks>
public sealed class EPropReference(IReadOnlyList<EPropLayerReference> layers, int steps, double timeStep)
{
    /// <summary>Gets γ.</summary>
    public double Damping { get; init; } = 0.3;

    /// <summary>Gets the target of the rates in spikes per step.</summary>
    public double RateTarget { get; init; }

    /// <summary>Gets the strength of the rates' regularisation.</summary>
    public double RateStrength { get; init; }

    /// <summary>Gets the time constant of the rates' running average in milliseconds.</summary>
    public double RateTime { get; init; } = 500;

    private int Hidden => layers.Count - 1;

    /// <summary>Runs one example.</summary>
    /// <param name="input">What arrives at each step, shape [step][channel]; a constant current c as c·gain at every step.</param>
    /// <param name="label">Its class.</param>
    public EPropTrial Run(double[][] input, int label)
    {
        // arriving[l][n][i]: what neuron or channel i sends to layer l at step n. own[l]: the same for recurrent weights.
        double[][][] arriving = new double[layers.Count + 1][][];
        double[][][] psi = new double[Hidden][][];
        double[][][] rate = new double[Hidden][][];
        var spikes = new List<(int Step, int Neuron)>[Hidden];
        arriving[0] = input;
        for (int l = 0; l < Hidden; l++)
        {
            (arriving[l + 1], psi[l], rate[l], spikes[l]) = RunHidden(layers[l], arriving[l]);
        }

        double[][] output = Membrane(layers[^1], arriving[Hidden]);
        double loss = 0;
        double[][] errors = new double[steps][];
        for (int n = 0; n < steps; n++)
        {
            loss += SoftmaxCrossEntropy.Loss(output[n], label) / steps;
            errors[n] = [.. SoftmaxCrossEntropy.Derivative(output[n], label).Select(e => e / steps)];
        }

        double[] answer = Answer(layers[^1]);
        double[][,] weights = new double[layers.Count][,];
        double[,]?[] recurrent = new double[,]?[layers.Count];
        for (int l = 0; l < Hidden; l++)
        {
            double[,] inputs = weights[l] = new double[layers[l].Weights.GetLength(0), layers[l].Weights.GetLength(1)];
            Learn(layers[l], arriving[l], psi[l], rate[l], errors, answer, inputs);
            if (layers[l].RecurrentWeights is { } own)
            {
                double[,] gradient = new double[own.GetLength(0), own.GetLength(1)];
                Learn(layers[l], arriving[l + 1], psi[l], rate[l], errors, answer, gradient);
                recurrent[l] = gradient;
            }
        }

        weights[^1] = LearnOutput(layers[^1], arriving[Hidden], errors);
        return new(spikes, loss, output, weights, recurrent) { Bias = LearnBias(layers[^1], errors) };
    }

    private (double[][] Sent, double[][] Psi, double[][] Rate, List<(int Step, int Neuron)> Spikes) RunHidden(
        EPropLayerReference layer, double[][] arriving)
    {
        int units = layer.Weights.GetLength(1);
        double[][] sent = Rows(steps + 1, units), psi = Rows(steps, units), rate = Rows(steps, units);
        var spikes = new List<(int Step, int Neuron)>();
        double[] v = new double[units], current = new double[units], a = new double[units];
        double[] f = [.. Enumerable.Repeat(RateTarget, units)];
        int[] held = new int[units];
        (double alpha, double beta, double kappa) = Decay(layer);
        double rho = Math.Exp(-timeStep / layer.AdaptationTime), forget = Math.Exp(-timeStep / RateTime);
        for (int n = 0; n < steps; n++)
        {
            for (int j = 0; j < units; j++)
            {
                current[j] = beta * current[j] + Sum(layer.Weights, arriving[n], j)
                    + (layer.RecurrentWeights == null ? 0 : Sum(layer.RecurrentWeights, sent[n], j));
                double threshold = layer.Threshold + layer.AdaptationStrength * a[j];
                double z = 0;
                if (held[j] > 0)
                {
                    held[j]--;
                }
                else
                {
                    v[j] = alpha * v[j] + kappa * current[j];
                    psi[n][j] = Damping / layer.Threshold * Math.Max(0, 1 - Math.Abs(v[j] - threshold) / layer.Threshold);
                    if (v[j] >= threshold)
                    {
                        z = 1;
                        v[j] = layer.ResetBySubtraction ? v[j] - (layer.Threshold - layer.Reset) : layer.Reset;
                        held[j] = layer.RefractorySteps;
                        spikes.Add((n, j));
                    }
                }

                sent[n + 1][j] = z;
                a[j] = rho * a[j] + z;
                f[j] = forget * f[j] + (1 - forget) * z;
                rate[n][j] = f[j];
            }
        }

        return (sent, psi, rate, spikes);
    }

    /// <summary>dG_ji += ē_ji·Σ B_jk·E_k + c·(f̄_j - f*)·e_ji.</summary>
    private void Learn(
        EPropLayerReference layer, double[][] arriving, double[][] psi, double[][] rate, double[][] errors, double[] answer, double[,] gradient)
    {
        (double alpha, double beta, double kappa) = Decay(layer);
        double rho = Math.Exp(-timeStep / layer.AdaptationTime), b = layer.AdaptationStrength;
        for (int i = 0; i < gradient.GetLength(0); i++)
        {
            for (int j = 0; j < gradient.GetLength(1); j++)
            {
                double x = 0, trace = 0, slow = 0;
                double[] e = new double[steps];
                for (int n = 0; n < steps; n++)
                {
                    x = beta * x + arriving[n][i];
                    trace = alpha * trace + kappa * x;
                    e[n] = psi[n][j] * (trace - b * slow);
                    slow = psi[n][j] * trace + (rho - psi[n][j] * b) * slow;

                    double filtered = 0, signal = 0;
                    for (int m = 0; m < n; m++)
                    {
                        filtered += answer[n - m - 1] * e[m];
                    }

                    for (int k = 0; k < errors[n].Length; k++)
                    {
                        signal += layer.Feedback![j, k] * errors[n][k];
                    }

                    gradient[i, j] += filtered * signal + RateStrength * (rate[n][j] - RateTarget) * e[n];
                }
            }
        }
    }

    private double[,] LearnOutput(EPropLayerReference layer, double[][] arriving, double[][] errors)
    {
        double[] answer = Answer(layer);
        double[,] gradient = new double[layer.Weights.GetLength(0), layer.Weights.GetLength(1)];
        for (int i = 0; i < gradient.GetLength(0); i++)
        {
            for (int n = 0; n < steps; n++)
            {
                double trace = Enumerable.Range(0, n + 1).Sum(m => answer[n - m] * arriving[m][i]);
                for (int k = 0; k < gradient.GetLength(1); k++)
                {
                    gradient[i, k] += trace * errors[n][k];
                }
            }
        }

        return gradient;
    }

    /// <summary>db_k = Σ z̄·E_k, where z̄ is V's answer to a bias of 1, as it is to spikes for a weight.</summary>
    private double[] LearnBias(EPropLayerReference layer, double[][] errors)
    {
        double[] answer = [.. Membrane(layer with { Weights = new double[1, 1], Bias = [1] }, Rows(steps, 1)).Select(v => v[0])];
        return [.. Enumerable.Range(0, layer.Weights.GetLength(1)).Select(k => Enumerable.Range(0, steps).Sum(n => answer[n] * errors[n][k]))];
    }

    /// <summary>V of a layer that never spikes.</summary>
    private double[][] Membrane(EPropLayerReference layer, double[][] arriving)
    {
        (double alpha, double beta, double kappa) = Decay(layer);
        int units = layer.Weights.GetLength(1);
        double[][] membrane = Rows(steps, units);
        for (int j = 0; j < units; j++)
        {
            double v = 0, current = 0;
            for (int n = 0; n < steps; n++)
            {
                current = beta * current + Sum(layer.Weights, arriving[n], j);
                v = alpha * v + kappa * current + (1 - alpha) * (layer.Bias?[j] ?? 0);
                membrane[n][j] = v;
            }
        }

        return membrane;
    }

    /// <summary>V after each step that follows the arrival of one spike of weight 1.</summary>
    private double[] Answer(EPropLayerReference layer)
    {
        double[][] one = Rows(steps, 1);
        one[0][0] = 1;
        return [.. Membrane(layer with { Weights = new double[,] { { 1 } }, Bias = null }, one).Select(v => v[0])];
    }

    private (double Alpha, double Beta, double Kappa) Decay(EPropLayerReference layer)
    {
        double alpha = Math.Exp(-timeStep / layer.MembraneTime);
        if (layer.SynapseTime == 0)
        {
            return (alpha, 0, 1);
        }

        double beta = Math.Exp(-timeStep / layer.SynapseTime);
        double kappa = layer.MembraneTime == layer.SynapseTime
            ? timeStep / layer.MembraneTime * alpha
            : layer.SynapseTime / (layer.MembraneTime - layer.SynapseTime) * (alpha - beta);
        return (alpha, beta, kappa);
    }

    private static double Sum(double[,] weights, double[] arriving, int j)
    {
        double sum = 0;
        for (int i = 0; i < arriving.Length; i++)
        {
            sum += weights[i, j] * arriving[i];
        }

        return sum;
    }

    private static double[][] Rows(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
}
