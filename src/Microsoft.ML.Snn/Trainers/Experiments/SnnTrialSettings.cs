using System;
using System.Collections.Generic;
using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>What one run of an experiment tries. Immutable.</summary>
public sealed record SnnTrialSettings
{
    internal SnnTrialSettings()
    {
    }

    /// <summary>Gets how the features become input.</summary>
    public SnnInputEncoding Encoding { get; init; }

    /// <summary>Gets the number of steps of an example; spike trains bring their own.</summary>
    public int TimeSteps { get; init; } = 20;

    /// <summary>Gets the number of hidden layers.</summary>
    public int HiddenLayers { get; init; } = 1;

    /// <summary>Gets the number of neurons of each hidden layer.</summary>
    public int HiddenNeurons { get; init; } = SnnTrainer.Defaults.NumberOfHiddenNeurons;

    /// <summary>Gets whether the hidden layers are recurrent.</summary>
    public bool Recurrent { get; init; }

    /// <summary>Gets the membrane time constant of the hidden neurons in milliseconds.</summary>
    public double MembraneTime { get; init; } = 20;

    /// <summary>Gets the synapse time constant in milliseconds.</summary>
    public double SynapseTime { get; init; } = 5;

    /// <summary>Gets the learning rate of Adam.</summary>
    public double LearningRate { get; init; } = SnnTrainer.Defaults.LearningRate;

    /// <summary>Gets whether the learning rate falls to 0 along half a cosine over the epochs of the trial.</summary>
    public bool CosineSchedule { get; init; }

    /// <summary>Gets the standard deviation of the noise that is added to the features, which are from 0 to 1, in training.</summary>
    /// <value>0 for none. As the time of a spike a feature moves by as much of the trial. Other encodings have none.</value>
    public double FeatureNoise { get; init; }

    /// <summary>Gets the number of examples per update.</summary>
    public int BatchSize { get; init; } = SnnTrainer.Defaults.BatchSize;

    /// <summary>Gets the number of epochs.</summary>
    public int NumberOfEpochs { get; init; }

    /// <summary>Gets the seed of initial weights and shuffling.</summary>
    public int Seed { get; init; }

    /// <summary>All settings in one line.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Encoding}, {TimeSteps} steps, {HiddenLayers} x {HiddenNeurons}{(Recurrent ? " recurrent" : "")}, membrane {MembraneTime:0.#} ms, synapse {SynapseTime:0.#} ms, rate {LearningRate:0.####}{(CosineSchedule ? " cosine" : "")}{(FeatureNoise > 0 ? string.Create(CultureInfo.InvariantCulture, $", noise {FeatureNoise:0.##}") : "")}, batch {BatchSize}, {NumberOfEpochs} epochs, seed {Seed}");

    /// <summary>The optimizer of these settings.</summary>
    internal Adam Optimizer() => new(LearningRate)
    {
        Schedule = CosineSchedule ? LearningRateSchedule.Cosine() : LearningRateSchedule.Constant,
    };

    /// <summary>What these settings do to the training examples.</summary>
    internal IReadOnlyList<Augmentation> Augmentations() => Encoding switch
    {
        SnnInputEncoding.Current when FeatureNoise > 0 => [Augmentation.AddNoise(FeatureNoise)],
        SnnInputEncoding.Latency when FeatureNoise > 0 => [Augmentation.JitterTimes(FeatureNoise * (TimeSteps - 1))],
        _ => [],
    };

    /// <summary>The network of these settings.</summary>
    internal SnnNetwork Network()
    {
        var layers = new Layer[HiddenLayers + 1];
        var synapse = new ExponentialSynapse(SynapseTime);
        for (int n = 0; n < HiddenLayers; n++)
        {
            layers[n] = Layer.Dense(
                HiddenNeurons, new LeakyIntegrateFire { MembraneTime = MembraneTime }, synapse, recurrent: Recurrent);
        }

        layers[^1] = Layer.Output(synapse: synapse);
        return SnnNetwork.Sequential(layers);
    }
}
