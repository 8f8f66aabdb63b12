using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>A table, split into rows to train on and rows to test on.</summary>
internal sealed record TableData(string Name, IReadOnlyList<TableRow> Train, IReadOnlyList<TableRow> Test)
{
    /// <summary>Handwritten digits of 8 by 8 pixels with their own test file, which other people wrote.</summary>
    public static TableData Digits() => new("optdigits", Rows("optdigits-train.csv"), Rows("optdigits-test.csv"));

    /// <summary>Four measures of three flowers; a fifth tests.</summary>
    public static TableData Iris(int seed) => Split("iris", seed, File
        .ReadLines(DataFolder.PathOf("optdigits", "iris.txt")).Skip(1).Select(line => line.Split('\t'))
        .Select(cells => new TableRow { Class = cells[0], Features = [.. cells[1..].Select(Number)] }));

    /// <summary>A robot's finger on 27 letters: 76 readings of four sensors; a fifth tests.</summary>
    public static TableData Braille(int seed)
    {
        const int Steps = 76;
        int[] taxels = [1, 2, 6, 10];
        using var text = new GZipStream(File.OpenRead(DataFolder.PathOf("braille-tactile", "braille_taxels.csv.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(text);
        reader.ReadLine();
        List<string[]> readings = [];
        while (reader.ReadLine() is { } line)
        {
            readings.Add(line.Split(','));
        }

        return Split("braille-tactile", seed, readings.GroupBy(cells => cells[0]).Select(trial => new TableRow
        {
            Class = trial.First()[2],
            Features = [.. trial.Take(Steps).SelectMany(cells => taxels.Select(taxel => 1 - Number(cells[5 + taxel]) / 255))],
        }));
    }

    /// <summary>Images of 28 by 28 pixels, the first of the training file, and all of the test file.</summary>
    public static TableData Mnist()
    {
        const int TrainRows = 5000;
        var context = new MLContext();
        return new TableData("MNIST, 5000 rows", [.. Load("train").Take(TrainRows)], [.. Load("t10k")]);

        IEnumerable<TableRow> Load(string part) => context.Data
            .CreateEnumerable<ImageRow>(
                context.Snn().LoadImages(
                    DataFolder.PathOf("mnist", $"{part}-images-idx3-ubyte.gz"), DataFolder.PathOf("mnist", $"{part}-labels-idx1-ubyte.gz")),
                reuseRowObject: false)
            .Select(image => new TableRow { Class = image.Label.ToString(CultureInfo.InvariantCulture), Features = image.Features });
    }

    /// <summary>Spoken digits, official split: what each of 32 bands of a filter bank spikes in each of 20 windows of 40 ms.</summary>
    public static TableData SpokenDigits()
    {
        const int Bands = 32, Windows = 20, StepsPerWindow = 10;
        var context = new MLContext(seed: 1);
        string archive = DataFolder.PathOf("fsdd", "free-spoken-digit-dataset_recordings.tar.gz");
        return new TableData("FSDD", Load(DataSplit.Train), Load(DataSplit.Test));

        TableRow[] Load(DataSplit split)
        {
            IDataView sound = context.Snn().LoadSpokenDigits(archive, split);
            IDataView spikes = context.Snn().EncodeAudio("Spikes", "Samples", new AudioEncoding
            {
                TimeSteps = Windows * StepsPerWindow,
                TimeStep = 4,
                Bands = Bands,
                DynamicRange = 40,
                MaximumRate = 200,
            }).Fit(sound).Transform(sound);
            return [.. spikes.GetColumn<uint>("Label").Zip(spikes.GetColumn<VBuffer<float>>("Spikes"), (label, trial) =>
            {
                // Slots are time-major: step, then band.
                float[] counts = new float[Windows * Bands];
                foreach ((int slot, float count) in trial.Items())
                {
                    counts[slot / (StepsPerWindow * Bands) * Bands + slot % Bands] += count;
                }

                return new TableRow { Class = label.ToString(CultureInfo.InvariantCulture), Features = counts };
            })];
        }
    }

    /// <summary>The training rows as a trainer wants them, in memory: Label is a key, IsEven a Boolean, Value a Single, Features are 0 to 1.</summary>
    public (IDataView Rows, int Count) ToView(MLContext context)
    {
        SchemaDefinition shape = SchemaDefinition.Create(typeof(TableRow));
        shape[nameof(TableRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Train[0].Features.Length);
        IDataView rows = context.Data.LoadFromEnumerable(Train, shape);
        IDataView prepared = context.Transforms.Conversion.MapValueToKey("Label", nameof(TableRow.Class))
            .Append(context.Transforms.NormalizeMinMax(nameof(TableRow.Features), fixZero: false))
            .Append(context.Transforms.Conversion.ConvertType("Value", nameof(TableRow.Class)))
            .Append(context.Transforms.Expression("IsEven", "value : value % 2 == 0", "Value"))
            .Fit(rows).Transform(rows);
        return (context.Data.Cache(prepared, "Label", "Features", "Value", "IsEven"), Train.Count);
    }

    private static TableRow[] Rows(string file) => [.. File
        .ReadLines(DataFolder.PathOf("optdigits", file)).Select(line => line.Split(','))
        .Select(cells => new TableRow { Class = cells[^1], Features = [.. cells[..^1].Select(Number)] })];

    private static TableData Split(string name, int seed, IEnumerable<TableRow> rows)
    {
        TableRow[] shuffled = [.. rows];
        new Random(seed).Shuffle(shuffled);
        int test = shuffled.Length / 5;
        return new TableData(name, shuffled[test..], shuffled[..test]);
    }

    private static float Number(string cell) => float.Parse(cell, CultureInfo.InvariantCulture);

    private sealed class ImageRow
    {
        public float Label { get; set; }

        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }
}
