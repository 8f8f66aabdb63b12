using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;

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
}
