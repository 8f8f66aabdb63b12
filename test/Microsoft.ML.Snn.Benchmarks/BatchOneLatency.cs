using System;
using System.Diagnostics;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>How long one image takes from its pixels to a prediction, through the whole ML.NET pipeline.</summary>
internal static class BatchOneLatency
{
    private const int WarmUps = 2000;
    private const int Repeats = 5000;

    /// <summary>Trains a network of 784-128-10 on some images and times its prediction engine.</summary>
    /// <returns>Median and 99th percentile in microseconds.</returns>
    public static (double Median, double Percentile99) Measure(int trainSize)
    {
        var context = new MLContext(seed: 1);
        IDataView images = context.Snn().LoadImages(
            DataFolder.PathOf("mnist", "train-images-idx3-ubyte.gz"), DataFolder.PathOf("mnist", "train-labels-idx1-ubyte.gz"));
        ITransformer model = context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.Snn().EncodeLatency("Spikes", "Features"))
            .Append(context.Snn().Train(featureColumnName: "Spikes", numberOfEpochs: 2))
            .Fit(context.Data.TakeRows(images, trainSize));

        Image[] samples = [.. context.Data.CreateEnumerable<Image>(context.Data.TakeRows(images, 500), reuseRowObject: false)];
        using PredictionEngine<Image, Prediction> engine = context.Model.CreatePredictionEngine<Image, Prediction>(model);
        var prediction = new Prediction();
        var microseconds = new double[Repeats];
        for (int n = -WarmUps; n < Repeats; n++)
        {
            long start = Stopwatch.GetTimestamp();
            engine.Predict(samples[(n + WarmUps) % samples.Length], ref prediction);
            if (n >= 0)
            {
                microseconds[n] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        Array.Sort(microseconds);
        return (microseconds[Repeats / 2], microseconds[Repeats * 99 / 100]);
    }

    private sealed class Image
    {
        public float Label { get; set; }

        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
