using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>Spoken digits through the whole pipeline: sound, spikes of a filter bank, a recurrent network with delays; the official split.</summary>
/// <remarks>
/// It runs through the trainer, since the network is not what the other contenders can learn. The rival is
/// SdcaMaximumEntropy of ML.NET on the same spikes as plain features: its accuracy is compared, its time is not per epoch.
/// </remarks>
internal static class SpokenDigitsCase
{
    public const string Name = "spoken-digits";
    public const int DefaultEpochs = 60;

    /// <summary>Trains both and returns the line of results, and where the time went.</summary>
    public static (Comparison Comparison, IReadOnlyDictionary<string, double> PhaseSeconds) Run(RunOptions options)
    {
        var clock = new PhaseClock();
        var context = new MLContext(seed: 1) { GpuDeviceId = options.GpuDeviceId };
        string archive = DataFolder.PathOf("fsdd", "free-spoken-digit-dataset_recordings.tar.gz");
        IDataView train = Encode(context, context.Snn().LoadSpokenDigits(archive, DataSplit.Train), options.TrainSize);
        IDataView test = Encode(context, context.Snn().LoadSpokenDigits(archive, DataSplit.Test), null);
        double encode = clock.Stop().Seconds;

        SnnPredictionTransformer model = context.Snn().Train(new SnnTrainer.Options
        {
            FeatureColumnName = "Spikes",
            Network = Network(options.HiddenCount ?? 256),
            NumberOfEpochs = options.Epochs,
            NumberOfThreads = options.Threads,
            Algorithm = new EventProp { SpikeCountTarget = 4, SpikeCountStrength = 2e-3, SpikeCountStrengthBelow = 2e-3 },
            Optimizer = new Adam(learningRate: 0.005) { Schedule = LearningRateSchedule.Cosine() },
            Progress = new EpochLines(),
        }).Fit(train);
        double accuracy = Accuracy(context, model.Transform(test));
        double[] seconds = [.. model.Model.History.Epochs.Select(epoch => epoch.Seconds).Order()];
        double median = 0.5 * (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]);
        using Process process = Process.GetCurrentProcess();
        double memory = process.PeakWorkingSet64 / (1024.0 * 1024.0);

        double? rival = options.WithPeer
            ? Accuracy(context, context.MulticlassClassification.Trainers.SdcaMaximumEntropy(featureColumnName: "Spikes").Fit(train).Transform(test))
            : null;
        long examples = train.GetColumn<uint>("Label").LongCount();
        return (
            new Comparison(
                Name, Math.Round(median, 4), options.WithPeer ? "ML.NET SdcaMaximumEntropy, same spikes" : null, null, null,
                Math.Round(accuracy, 4), rival is { } number ? Math.Round(number, 4) : null, Math.Round(examples / median, 1), Math.Round(memory, 1),
                null, options.Threads),
            new Dictionary<string, double> { ["encode"] = encode, ["epoch"] = median });
    }

    private static IDataView Encode(MLContext context, IDataView sound, int? size)
    {
        var encoding = new AudioEncoding
        {
            TimeSteps = 200,
            TimeStep = 4,
            Bands = 32,
            DynamicRange = 40,
            MaximumRate = 200,
        };

        // Shuffled before it is cut: the rows come in the order of the digits.
        IDataView rows = size is { } count ? context.Data.TakeRows(context.Data.ShuffleRows(sound, seed: 1), count) : sound;
        IDataView spikes = context.Data.Cache(context.Snn().EncodeAudio("Spikes", "Samples", encoding).Fit(rows).Transform(rows), "Label", "Spikes");
        _ = spikes.GetColumn<VBuffer<float>>("Spikes").Count();
        return spikes;
    }

    /// <summary>The network of the sample SpokenDigits.</summary>
    private static SnnNetwork Network(int hidden) => SnnNetwork.Graph(graph =>
    {
        graph.DefaultSynapse = new ExponentialSynapse(40);
        GraphNode input = graph.Input();
        GraphNode words = graph.Population("hidden", hidden, new LeakyIntegrateFire { MembraneTime = 20 });
        GraphNode output = graph.Output(readout: Readout.MaximumMembrane, neuron: new LeakyIntegrator { MembraneTime = 40 });
        graph.Connect(input, words, weights: Weights.Normal(0.05, 0.2), delay: Delay.PerNeuronUniform(0, 100, seed: 1));
        graph.Connect(words, words, weights: Weights.Normal(0, 0.01), delay: Delay.PerNeuronUniform(0, 200, seed: 1));
        graph.Connect(words, output, weights: Weights.Normal(0, 0.05));
    });

    private static double Accuracy(MLContext context, IDataView scored) =>
        context.MulticlassClassification.Evaluate(scored).MicroAccuracy;

    private sealed class EpochLines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.CompletedEpoch is { } epoch)
            {
                Console.WriteLine(FormattableString.Invariant(
                    $"Microsoft.ML.Snn, epoch {epoch.Epoch}: {epoch.Seconds:F3} s, loss {epoch.Loss:F3}, training accuracy {epoch.Accuracy:P2}"));
            }
        }
    }
}
