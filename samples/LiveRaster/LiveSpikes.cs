using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Snn;

/// <summary>The Yin-Yang model and its encoder, served to any number of readers at once: each has a stream of its own.</summary>
internal sealed class LiveSpikes
{
    private const int Steps = 50;
    private readonly MLContext _context = new(seed: 1);
    private readonly LatencyEncodingTransformer _encoder;
    private readonly SnnPredictionTransformer _model;

    /// <summary>Trains the network.</summary>
    public LiveSpikes(int epochs, int hidden)
    {
        IDataView train = _context.Snn().LoadYinYang();
        IDataView labelled = _context.Transforms.Conversion.MapValueToKey(
            "Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(train).Transform(train);
        _encoder = _context.Snn().EncodeLatency("Spikes", "Features", timeSteps: Steps, bias: true).Fit(labelled);
        _model = _context.Snn().Train(new SnnTrainer.Options
        {
            FeatureColumnName = "Spikes",
            NumberOfHiddenNeurons = hidden,
            NumberOfEpochs = epochs,
            Optimizer = new Adam(learningRate: 0.005),
        }).Fit(_encoder.Transform(labelled));
    }

    /// <summary>What the page must know before it draws.</summary>
    public object Sizes => new { steps = Steps, channels = _model.Model.NumberOfChannels, hidden = _model.Model.MeanSpikeCounts[0].Count };

    /// <summary>Whether a point is one of the figure: both coordinates are from 0 to 1.</summary>
    public static bool IsPoint(float x, float y) => x is >= 0 and <= 1 && y is >= 0 and <= 1;

    /// <summary>Pushes the spikes of a point step by step, and tells what happened in each.</summary>
    /// <param name="x">From 0 to 1.</param>
    /// <param name="y">From 0 to 1.</param>
    /// <param name="delay">Time from one step to the next.</param>
    /// <param name="cancellation">The reader went away.</param>
    public async IAsyncEnumerable<LiveStep> Play(
        float x, float y, TimeSpan delay, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int[][] events = Encode(x, y);
        using SnnStream stream = _model.CreateStream();
        for (int step = 0; step < events.Length; step++)
        {
            stream.Push(events[step]);
            stream.Step();
            yield return new LiveStep(step, events[step], stream.HiddenSpikes().ToArray(), stream.Scores.ToArray());
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What the batch says of a point: what the stream must say at its end.</summary>
    public float[] Score(float x, float y)
    {
        // The scorer wants the columns of the training data; the label is not read.
        IDataView scored = _model.Transform(_encoder.Transform(Rows(x, y)));
        return [.. scored.GetColumn<VBuffer<float>>("Score").Single().DenseValues()];
    }

    /// <summary>Channels that spike in each step.</summary>
    private int[][] Encode(float x, float y)
    {
        VBuffer<float> spikes = _encoder.Transform(Rows(x, y)).GetColumn<VBuffer<float>>("Spikes").Single();
        int channels = _model.Model.NumberOfChannels;
        ILookup<int, int> byStep = spikes.Items().ToLookup(spike => spike.Key / channels, spike => spike.Key % channels);
        return [.. Enumerable.Range(0, Steps).Select(step => byStep[step].ToArray())];
    }

    private IDataView Rows(float x, float y) =>
        _context.Data.LoadFromEnumerable([new Point { Features = [x, y, 1 - x, 1 - y] }]);

    private sealed class Point
    {
        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }
}
