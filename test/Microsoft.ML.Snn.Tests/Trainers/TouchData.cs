using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A robot's finger on Braille letters: a recording with a label at every step.</summary>
internal static class TouchData
{
    public const string Path = "braille-tactile/braille_taxels.csv.gz";
    public const int Steps = 76;
    private const int Taxels = 4;
    private const string Letters = "ACL";

    /// <summary>One slide of the finger over a letter.</summary>
    internal sealed class Touch
    {
        /// <summary>Pressure from 0 to 1, reading after reading, the four sensors that touch anything side by side.</summary>
        [VectorType(Steps * Taxels)]
        public float[] Pressure { get; set; } = [];

        /// <summary>The letter at every step, counted from 1.</summary>
        [VectorType(Steps)]
        [KeyType(3)]
        public uint[] Letters { get; set; } = [];

        /// <summary>The mean pressure of the sensors at every step.</summary>
        [VectorType(Steps)]
        public float[] Mean { get; set; } = [];
    }

    /// <summary>All slides over three letters.</summary>
    public static Touch[] Rows()
    {
        int[] taxels = [1, 2, 6, 10];
        using var text = new GZipStream(File.OpenRead(TestData.Path(Path)), CompressionMode.Decompress);
        using var reader = new StreamReader(text);
        reader.ReadLine();
        List<string[]> readings = [];
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            if (Letters.Contains(cells[2], System.StringComparison.Ordinal))
            {
                readings.Add(cells);
            }
        }

        return [.. readings.GroupBy(cells => cells[0]).Select(trial =>
        {
            float[] pressure = [.. trial.Take(Steps).SelectMany(cells => taxels.Select(taxel => 1 - int.Parse(cells[5 + taxel], CultureInfo.InvariantCulture) / 255f))];
            uint letter = (uint)Letters.IndexOf(trial.First()[2], System.StringComparison.Ordinal) + 1;
            return new Touch
            {
                Pressure = pressure,
                Letters = [.. Enumerable.Repeat(letter, Steps)],
                Mean = [.. pressure.Chunk(Taxels).Select(reading => reading.Average())],
            };
        })];
    }

    /// <summary>The readings as currents, a step each, kept in memory.</summary>
    public static EstimatorChain<SignalTransformer> Encoding(MLContext context) =>
        context.Snn().EncodeFrames("Features", "Pressure", channels: Taxels).AppendCacheCheckpoint(context);
}
