using System;
using System.Collections.Generic;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Trainers.Experiments;

/// <summary>Draws settings to try. The sequence is a function of the seed and the kind of input alone.</summary>
internal sealed class TrialSampler(bool isSpikeTrain, int features, int seed)
{
    /// <summary>More channels than this make a population code slow for little.</summary>
    private const int MostFeaturesOfAPopulation = 64;

    private static readonly int[] s_timeSteps = [10, 20, 40];
    private static readonly int[] s_neurons = [32, 64, 128, 256, 512];
    private static readonly int[] s_batches = [16, 32, 64];

    private readonly RandomStream _random = new(seed, stream: 0x5E7);

    /// <summary>What the trainer does if told nothing.</summary>
    public SnnTrialSettings Default => new()
    {
        Encoding = isSpikeTrain ? SnnInputEncoding.Spikes : SnnInputEncoding.Current,
        Seed = seed,
    };

    /// <summary>Wider than the default, and with a rate that falls to 0: for more epochs than the default needs.</summary>
    public SnnTrialSettings Thorough => Default with { HiddenNeurons = s_neurons[^1], CosineSchedule = true };

    /// <summary>
    /// Wide, and to be trained for long on noisy features, which makes the boundary between classes smooth; null for spike trains.
    /// The trial is half as long and the neurons twice as fast, which pays for the epochs.
    /// </summary>
    public SnnTrialSettings? Smooth => isSpikeTrain ? null : Thorough with
    {
        FeatureNoise = 0.25,
        TimeSteps = 10,
        MembraneTime = 10,
        SynapseTime = 2.5,
        LearningRate = 0.02,
        BatchSize = 64,
    };

    public SnnTrialSettings Next()
    {
        SnnTrialSettings drawn = Draw();
        return drawn.Encoding is SnnInputEncoding.Current or SnnInputEncoding.Latency && _random.NextDouble() < 0.5
            ? drawn with { FeatureNoise = LogUniform(0.02, 0.4) }
            : drawn;
    }

    private SnnTrialSettings Draw() => new()
    {
        Encoding = Pick(Encodings()),
        TimeSteps = Pick(s_timeSteps),
        HiddenLayers = _random.NextDouble() < 0.75 ? 1 : 2,
        HiddenNeurons = Pick(s_neurons),
        Recurrent = isSpikeTrain && _random.NextDouble() < 0.5,
        MembraneTime = LogUniform(5, 60),
        SynapseTime = LogUniform(2, 15),
        LearningRate = LogUniform(1e-3, 2e-2),
        CosineSchedule = true,
        BatchSize = Pick(s_batches),
        Seed = seed,
    };

    private SnnInputEncoding[] Encodings()
    {
        if (isSpikeTrain)
        {
            return [SnnInputEncoding.Spikes];
        }

        return features <= MostFeaturesOfAPopulation
            ? [SnnInputEncoding.Current, SnnInputEncoding.Latency, SnnInputEncoding.Population]
            : [SnnInputEncoding.Current, SnnInputEncoding.Latency];
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[(int)(_random.NextDouble() * values.Count)];

    private double LogUniform(double low, double high) => low * Math.Pow(high / low, _random.NextDouble());
}
