using System;
using System.Diagnostics;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>How long one time step of a stream takes, from pushing its events to reading the scores.</summary>
internal static class StreamLatency
{
    private const int Channels = 784;
    private const int WarmUps = 50_000;
    private const int Repeats = 200_000;

    /// <summary>Trains a network of 784-hidden-10 on random spikes and times the steps of a stream, on this thread alone.</summary>
    /// <param name="hidden">Neurons of the hidden layer, which is recurrent in the second of the two measurements.</param>
    /// <param name="eventsPerStep">Events that arrive in each step of 1 ms.</param>
    /// <param name="recurrent">Whether the hidden layer is recurrent.</param>
    public static StreamLatencyResult Measure(int hidden, int eventsPerStep, bool recurrent)
    {
        using SnnStream stream = Train(hidden, recurrent).CreateStream(StreamReadout.Fading(20));
        var random = new Random(1);
        int[][] events = [.. Enumerable.Range(0, 997).Select(_ => Enumerable.Range(0, eventsPerStep).Select(_ => random.Next(Channels)).ToArray())];
        var microseconds = new double[Repeats];
        long spikes = 0;
        float sum = 0;
        for (int n = -WarmUps; n < Repeats; n++)
        {
            int[] pushed = events[(n + WarmUps) % events.Length];
            long start = Stopwatch.GetTimestamp();
            stream.Push(pushed);
            stream.Step();
            sum += stream.Scores[0];
            if (n >= 0)
            {
                microseconds[n] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                spikes += stream.HiddenSpikes().Length;
            }
        }

        Array.Sort(microseconds);
        return new StreamLatencyResult(
            microseconds[Repeats / 2], microseconds[Repeats * 99 / 100], microseconds[Repeats * 999 / 1000],
            (double)spikes / Repeats, float.IsFinite(sum));
    }

    private static SnnPredictionTransformer Train(int hidden, bool recurrent)
    {
        var context = new MLContext(seed: 1);
        var random = new Random(1);
        Row[] rows = [.. Enumerable.Range(0, 200).Select(n => new Row
        {
            Label = n % 10,
            Features = [.. Enumerable.Range(0, Channels).Select(channel => channel % 10 == n % 10 ? random.NextSingle() : 0)],
        })];
        return context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.Snn().EncodeLatency("Spikes", "Features"))
            .Append(context.Snn().Train(new SnnTrainer.Options
            {
                FeatureColumnName = "Spikes",
                NumberOfEpochs = 3,
                Network = SnnNetwork.Sequential(Layer.Dense(hidden, recurrent: recurrent), Layer.Output()),
            }))
            .Fit(context.Data.LoadFromEnumerable(rows)).LastTransformer;
    }

    private sealed class Row
    {
        public float Label { get; set; }

        [ML.Data.VectorType(Channels)]
        public float[] Features { get; set; } = [];
    }
}
