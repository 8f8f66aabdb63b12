using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>The recordings of the Free Spoken Digit Dataset, from a folder or its archive.</summary>
/// <remarks>A file is named digit_speaker_index.wav; the indices 0 to 4 are the test set.</remarks>
internal static class SpokenDigits
{
    private const int TestRecordingsPerSpeaker = 5;

    /// <summary>Digits 0 to 9 have the keys 1 to 10.</summary>
    public static readonly string[] s_classes = [.. Enumerable.Range(0, 10).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    public static Recording[] Find(string path, DataSplit split)
    {
        IEnumerable<(string Name, Func<byte[]> Content)> files = File.Exists(path)
            ? ReadArchive(path)
            : Directory.EnumerateFiles(path, "*.wav").Select(file => (file, (Func<byte[]>)(() => File.ReadAllBytes(file))));
        Recording[] found =
        [
            .. from file in files
               let parts = Path.GetFileNameWithoutExtension(file.Name).Split('_')
               where parts.Length == 3 && parts[0] is [>= '0' and <= '9'] && int.TryParse(parts[2], CultureInfo.InvariantCulture, out _)
               let index = int.Parse(parts[2], CultureInfo.InvariantCulture)
               where index < TestRecordingsPerSpeaker == (split == DataSplit.Test)
               orderby parts[0], parts[1], index
               select new Recording((uint)(parts[0][0] - '0') + 1, file.Name, file.Content),
        ];
        return found.Length > 0 ? found : throw new InvalidDataException(
            $"'{path}' must hold recordings named like 7_jackson_32.wav, but has none of the {split.ToString().ToLowerInvariant()} set. "
            + "Name the folder 'recordings' of the Free Spoken Digit Dataset, or a .tar.gz of it.");
    }

    /// <summary>Reads all recordings of an archive: it can be read only from its start.</summary>
    private static List<(string Name, Func<byte[]> Content)> ReadArchive(string path)
    {
        List<(string, Func<byte[]>)> files = [];
        try
        {
            using FileStream file = File.OpenRead(path);
            using GZipStream content = new(file, CompressionMode.Decompress);
            using TarReader tar = new(content);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.Name.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) && entry.DataStream is { } data)
                {
                    using MemoryStream memory = new();
                    data.CopyTo(memory);
                    byte[] bytes = memory.ToArray();
                    files.Add((entry.Name, () => bytes));
                }
            }
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException(
                $"File '{path}' must be a complete .tar.gz archive, but is damaged: {damage.Message} Copy or download it again.", damage);
        }

        return files;
    }
}
