using System;
using System.Globalization;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What e-prop needs to know, checked by whoever builds it.</summary>
internal sealed record EPropSettings
{
    public EPropMode Mode { get; init; }

    public EPropFeedback Feedback { get; init; }

    /// <summary>Share by which adaptive feedback and the output weights shrink at every update.</summary>
    public double FeedbackDecay { get; init; }

    /// <summary>γ.</summary>
    public double Damping { get; init; } = 0.3;

    /// <summary>Spikes per second.</summary>
    public double RateTarget { get; init; }

    public double RateStrength { get; init; }

    /// <summary>Milliseconds.</summary>
    public double RateTime { get; init; } = 500;

    /// <summary>Seed of random feedback.</summary>
    public int Seed { get; init; }

    /// <summary>The equations of the spikes of a population.</summary>
    /// <param name="neuron">Its neurons, whose threshold and adaptation are the same for all.</param>
    /// <param name="timeStep">Length of a step, milliseconds.</param>
    public EPropEquations EquationsOf(NeuronProgram neuron, double timeStep) => new(
        (float)neuron.Threshold[0], Damping,
        neuron.IsAdaptive ? new AdaptationEquations(timeStep, neuron.AdaptationTime[0], neuron.AdaptationStrength[0]) : default);

    /// <summary>The equations of regularised rates.</summary>
    /// <param name="timeStep">Length of a step, milliseconds.</param>
    public SpikeRateEquations RateEquations(double timeStep) => new(timeStep, RateTarget, RateStrength, RateTime);

    /// <summary>Draws the weights of random feedback to a layer: normal, of variance 1/neurons. The stream is none that initial weights have.</summary>
    /// <returns>Shape [neuron, output].</returns>
    public float[] DrawFeedback(int layer, int units, int outputs)
    {
        var random = new RandomStream(Seed, int.MaxValue - 1 - layer);
        double deviation = 1 / Math.Sqrt(units);
        var weights = new float[units * outputs];
        foreach (ref float weight in weights.AsSpan())
        {
            weight = (float)(deviation * random.NextNormal());
        }

        return weights;
    }

    /// <summary>Checks that the feedback reaches every layer.</summary>
    /// <param name="layers">Number of hidden layers.</param>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public void CheckFeedback(int layers)
    {
        if (Feedback == EPropFeedback.Symmetric && layers > 1)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Symmetric feedback needs every hidden layer to be connected to the output, but of {layers} hidden layers only the last one is. ")
                + "Set EProp.Feedback to EPropFeedback.Random or EPropFeedback.Adaptive, or use one recurrent hidden layer.");
        }
    }
}
