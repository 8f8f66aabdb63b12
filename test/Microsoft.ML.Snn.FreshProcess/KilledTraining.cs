using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading;

namespace Microsoft.ML.Snn.FreshProcess;

/// <summary>A training with checkpoints, slow enough to be killed in the middle.</summary>
internal static class KilledTraining
{
    /// <summary>Trains, or goes on from the newest checkpoint in the folder; prints where it began and a digest of all weights.</summary>
    public static void Run(string folder)
    {
        var context = new MLContext(seed: 1);
        IDataView rows = context.Snn().LoadYinYang(300, YinYang.TrainSeed);
        IDataView labelled = context.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        IDataView spikes = context.Snn().EncodeLatency("Spikes", "Features", bias: true).Fit(labelled).Transform(labelled);
        SnnPredictionTransformer model = context.Snn().Train(new SnnTrainer.Options
        {
            FeatureColumnName = "Spikes",
            Network = SnnNetwork.Sequential(Layer.Dense(40, recurrent: true), Layer.Output()),
            Optimizer = new AdamW(0.01) { Schedule = LearningRateSchedule.EaseIn().Times(LearningRateSchedule.Cosine()) },
            MaximumGradientNorm = 0.01,
            Augmentations = [Augmentation.JitterTimes(0.5), Augmentation.DropSpikes(0.05)],
            NumberOfEpochs = 25,
            NumberOfThreads = 2,
            CheckpointDirectory = folder,
            CheckpointInterval = CheckpointInterval.Batches(3),
            Resume = true,
            Callbacks = [new Slow()],
        }).Fit(spikes, spikes);

        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SnnConnectionWeights weights in model.Model.GetWeights())
        {
            for (int n = 0; n < weights.Rows * weights.Columns; n++)
            {
                float weight = weights[n / weights.Columns, n % weights.Columns];
                digest.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in weight)));
            }
        }

        Console.WriteLine("weights " + Convert.ToHexString(digest.GetHashAndReset()));
    }

    private sealed class Slow : TrainingCallback
    {
        public override void OnTrainingBegin(TrainingContext context)
        {
            Console.WriteLine($"begins {context.Updates}");
            Console.Out.Flush();
        }

        public override void OnBatchEnd(TrainingContext context) => Thread.Sleep(2);
    }
}
