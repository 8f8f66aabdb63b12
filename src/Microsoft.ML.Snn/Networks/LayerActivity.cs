using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>How much arrives at a layer in each step, and how often its fresh neurons spike on it.</summary>
/// <remarks>
/// A few stand-ins for the neurons are run on the Gaussian current that many random weights make of the arrivals, each
/// with its own noise. It tells when a layer spikes, which no closed form does: late in the trial, so that the next
/// layer has less time, and the one after it still less.
/// </remarks>
internal sealed class LayerActivity
{
    private const int MaximumStandIns = 256;

    private readonly double[] _arrivals;
    private readonly double[] _squares;
    private readonly bool _isConstantCurrent;
    private readonly float[] _noise;

    private LayerActivity(double[] arrivals, double[] squares, bool isConstantCurrent, float[] noise) =>
        (_arrivals, _squares, _isConstantCurrent, _noise) = (arrivals, squares, isConstantCurrent, noise);

    /// <summary>Number of spikes that arrive in a trial.</summary>
    public double Total => _arrivals.Sum();

    /// <summary>What the input brings to the first layer: evenly spread spikes, or a current.</summary>
    public static LayerActivity Of(InputStatistics input, int steps)
    {
        int standIns = Math.Clamp((1 << 18) / steps, 8, MaximumStandIns);
        var random = new RandomStream(seed: 0, stream: 0);
        var noise = new float[steps * standIns];
        foreach (ref float z in noise.AsSpan())
        {
            z = (float)random.NextNormal();
        }

        int parts = input.IsConstantCurrent ? 1 : steps;
        return new LayerActivity(
            [.. Enumerable.Repeat(input.Sum / parts, steps)],
            [.. Enumerable.Repeat(input.SumOfSquares / parts, steps)],
            input.IsConstantCurrent, noise);
    }

    /// <summary>What a layer that received this passes on to the next one.</summary>
    public LayerActivity After(HiddenProgram layer, double weightMean, double weightDeviation)
    {
        double[] spikes = [.. SpikesOf(layer, weightMean, weightDeviation).Select(n => n * layer.Units)];
        return new LayerActivity(spikes, spikes, isConstantCurrent: false, _noise);
    }

    /// <summary>Mean number of spikes of a neuron with such weights in each step. Shape [step].</summary>
    public double[] SpikesOf(HiddenProgram layer, double weightMean, double weightDeviation)
    {
        int steps = _arrivals.Length;
        int standIns = _noise.Length / steps;
        double gain = _isConstantCurrent ? layer.Membrane.CurrentGain : 1;
        float[] drift = [.. _arrivals.Select(a => (float)(gain * weightMean * a))];
        float[] spread = [.. _squares.Select(s => (float)(gain * Math.Sqrt(SquareOf(weightMean, weightDeviation) * s)))];
        double[] spikes = layer.Cell is { } cell
            ? cell.Accept(new CustomStandIns(drift, spread, _noise, _isConstantCurrent))
            : RunAll(layer, drift, spread);
        return [.. spikes.Select(count => count / standIns)];
    }

    /// <summary>Mean square of what one arrival adds: of a weight, or of its difference from the mean where arrivals are not random.</summary>
    private double SquareOf(double weightMean, double weightDeviation) =>
        weightDeviation * weightDeviation + (_isConstantCurrent ? 0 : weightMean * weightMean);

    private double[] RunAll(HiddenProgram layer, float[] drift, float[] spread)
    {
        double[] spikes = new double[drift.Length];
        for (int first = 0; first < _noise.Length; first += drift.Length)
        {
            Run(layer, drift, spread, _noise.AsSpan(first, drift.Length), spikes);
        }

        return spikes;
    }

    private void Run(HiddenProgram layer, float[] drift, float[] spread, ReadOnlySpan<float> noise, double[] spikes)
    {
        var v = new FloatLane(0);
        var i = new FloatLane(0);
        int held = 0;
        for (int step = 0; step < drift.Length; step++)
        {
            FloatLane before = v;
            i += new FloatLane(drift[step] + spread[step] * noise[_isConstantCurrent ? 0 : step]);
            layer.Membrane.Step(ref v, ref i);
            if (held > 0)
            {
                (v, held) = (before, held - 1);
            }
            else if (v.Value >= layer.Spike.Threshold)
            {
                v = layer.Spike.ResetWhereSpiking(v);
                held = layer.Spike.RefractorySteps;
                spikes[step]++;
            }
        }
    }
}
