using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A pipeline of every encoder, decoder and layer that was saved long ago loads, and gives what it gave.</summary>
/// <remarks>
/// Stored/transformers-1.zip was written by version 1 of each of them: <see cref="Pipeline"/>, fitted on <see cref="Rows"/>;
/// transformers-2.zip by version 2 of the rate encoder and the first of the binary one: <see cref="SecondPipeline"/>.
/// The files of values hold, for each column of numbers and each row, the sum of value · (slot + 1). They are never written
/// again: whoever changes a format keeps reading them, and adds files of the new version.
/// </remarks>
[TestClass]
public sealed class StoredTransformerTests
{
    private static string Stored(string name) => Path.Combine(AppContext.BaseDirectory, "Stored", name);

    [TestMethod]
    [DataRow("transformers-1")]
    [DataRow("transformers-2")]
    public void Load_StoredPipelineOfEveryTransformer_GivesTheStoredColumns(string name)
    {
        MLContext context = new();
        ITransformer model = context.Model.Load(Stored($"{name}.zip"), out _);

        string[] found = [.. Describe(model.Transform(Rows(context)))];

        CollectionAssert.AreEqual(File.ReadAllLines(Stored($"{name}.values.txt")), found);
    }

    /// <summary>What the stored file holds is every kind of transformer, and a new one says the same as the old.</summary>
    [TestMethod]
    public void Fit_TheStoredPipelineAnew_GivesTheStoredColumns()
    {
        MLContext context = new();
        IDataView rows = Rows(context);

        string[] found = [.. Describe(Pipeline(context).Fit(rows).Transform(rows))];

        CollectionAssert.AreEqual(File.ReadAllLines(Stored("transformers-1.values.txt")), found);
    }

    [TestMethod]
    public void Fit_TheSecondStoredPipelineAnew_GivesTheStoredColumns()
    {
        MLContext context = new();
        IDataView rows = Rows(context);

        string[] found = [.. Describe(SecondPipeline(context).Fit(rows).Transform(rows))];

        CollectionAssert.AreEqual(File.ReadAllLines(Stored("transformers-2.values.txt")), found);
    }

    private static EstimatorChain<SignalTransformer> SecondPipeline(MLContext context)
    {
        SnnOperations snn = context.Snn();
        return context.Transforms.Expression("Signed", "x => 1.9 * x - 0.9", "Features")
            .Append(snn.EncodeRate("Poisson", "Signed", 6, RateEncoding.Poisson, maximumRate: 400, seed: 7, signed: true, frames: 3))
            .Append(snn.EncodeRate("Regular", "Signed", 6, RateEncoding.Regular, maximumRate: 400, signed: true, frames: 3))
            .Append(snn.EncodeBinary("Binary", "Signed", 4, threshold: 0.2f, signed: true, frames: 3, timeStep: 2));
    }

    private static EstimatorChain<SpikingLayerTransformer> Pipeline(MLContext context)
    {
        SnnOperations snn = context.Snn();
        return snn.EncodeLatency("Latency", "Features", 12, LatencyScale.Logarithmic, threshold: 0.05f, latencyTime: 8, bias: true)
            .Append(snn.EncodeRate("Rate", "Features", 16, RateEncoding.Poisson, maximumRate: 300, seed: 5))
            .Append(snn.EncodePopulation("Population", "Features", 9, units: 4, sharpness: 1.2f))
            .Append(snn.EncodeDelta("Delta", "Features", threshold: 0.25f, channels: 1))
            .Append(snn.EncodeFrames("Frames", "Features", stepsPerFrame: 3))
            .Append(snn.DecodeSpikeCount("Count", "Rate"))
            .Append(snn.DecodeRate("Hertz", "Rate"))
            .Append(snn.DecodeFirstSpike("First", "Rate"))
            .Append(snn.DecodeTrace("Trace", "Rate", traceTime: 7, samples: 2))
            .Append(snn.DecodeDelta("Series", "Delta", threshold: 0.25f))
            .Append(snn.DecodeLatency("Values", "Latency", LatencyScale.Logarithmic, 0.05f, 8))
            .Append(snn.CropSpikes("Cropped", 5, 2, "Rate"))
            .Append(snn.DelayLine("Delayed", "Rate", copies: 3, delay: 2))
            .Append(snn.AddSpikeNoise("Noisy", "Rate", dropProbability: 0.2f, jitterTime: 1.5f, maximumShift: 1, seed: 3))
            .Append(snn.EncodeEvents("Events", 3, polaritiesColumnName: "Polarities", timeSteps: 6, timeUnit: 0.5))
            .Append(snn.DecodeEvents("Events", "TimesBack", "ChannelsBack", "PolaritiesBack", timeUnit: 0.5))
            .Append(snn.EncodeAudio(
                "Sound", "Samples", new() { TimeSteps = 10, TimeStep = 10, Bands = 6, HighestFrequency = 2000, MaximumRate = 100 }, sampleRate: 8000))
            .Append(snn.SpikingLayer("Hidden", "Rate", units: 8, recurrent: true, seed: 4));
    }

    private static IDataView Rows(MLContext context)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3);
        return context.Data.LoadFromEnumerable<Row>(
        [
            new()
            {
                Features = [0.1f, 0.5f, 0.9f], Times = [0.5, 1, 4.2, 11], Channels = [0, 2, 1, 1], Polarities = [true, false, true, true],
                Samples = Tone(440),
            },
            new() { Features = [1, 0, 0.3f], Times = [3], Channels = [2], Polarities = [false], Samples = Tone(1500) },
        ], schema);
    }

    private static float[] Tone(double hertz) =>
        [.. Enumerable.Range(0, 800).Select(n => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * n / 8000)))];

    private static IEnumerable<string> Describe(IDataView data)
    {
        foreach (DataViewSchema.Column column in data.Schema)
        {
            if (column.Type is not VectorDataViewType type)
            {
                continue;
            }

            double[] sums = type.ItemType.RawType == typeof(float) ? Sums<float>(data, column)
                : type.ItemType.RawType == typeof(double) ? Sums<double>(data, column)
                : type.ItemType.RawType == typeof(int) ? Sums<int>(data, column)
                : [];
            if (sums.Length > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{column.Name} {type.Size} {sums[0]:G6} {sums[1]:G6}");
            }
        }
    }

    private static double[] Sums<T>(IDataView data, DataViewSchema.Column column)
        where T : struct, IConvertible =>
    [
        .. data.GetColumn<VBuffer<T>>(column).Select(row => row.Items().Sum(
            item => (item.Key + 1) * item.Value.ToDouble(CultureInfo.InvariantCulture))),
    ];

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public double[] Times { get; set; } = [];

        public uint[] Channels { get; set; } = [];

        public bool[] Polarities { get; set; } = [];

        public float[] Samples { get; set; } = [];
    }
}
