using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using Microsoft.ML.Data;

namespace Braille;

/// <summary>One slide of the finger over a letter.</summary>
internal sealed class Touch
{
    private const int Steps = 76;

    /// <summary>The sensors that touch anything; the others of the twelve stay at rest.</summary>
    private static readonly int[] s_taxels = [1, 2, 6, 10];

    public string Letter { get; set; } = "";

    /// <summary>Pressure from 0 to 1, reading after reading, the four sensors of a reading side by side.</summary>
    [VectorType(Steps * 4)]
    public float[] Features { get; set; } = [];

    /// <summary>Reads a table with the columns trial, label, letter, repetition, step, taxel0 to taxel11; 255 is no pressure.</summary>
    public static List<Touch> Read(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", System.StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text);
        List<Touch> touches = [];
        string? trial = null;
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            if (cells[0] != trial)
            {
                trial = cells[0];
                touches.Add(new Touch { Letter = cells[2], Features = new float[Steps * s_taxels.Length] });
            }

            // A few slides have one reading more.
            int step = int.Parse(cells[4], CultureInfo.InvariantCulture);
            for (int n = 0; n < s_taxels.Length && step < Steps; n++)
            {
                int value = int.Parse(cells[5 + s_taxels[n]], CultureInfo.InvariantCulture);
                touches[^1].Features[step * s_taxels.Length + n] = 1 - value / 255f;
            }
        }

        return touches;
    }
}
