using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Events in NumPy arrays: records with the fields x, y, t and p, or an archive of one array for each.</summary>
/// <remarks>Fields are also found under the names timestamp, ts and polarity. Times are microseconds.</remarks>
internal static class NumPyEvents
{
    // A deflate stream gives at most 1032 bytes for one: a damaged archive must not make us allocate gigabytes.
    private const long MostInflation = 1032;

    private static readonly string[][] s_fields = [["x"], ["y"], ["t", "ts", "timestamp"], ["p", "polarity"]];

    /// <summary>Reads an .npy file of records.</summary>
    public static List<SensorEvent> ParseArray(byte[] file, string name) => FromRecords(NumPyArray.Parse(file, name), name);

    /// <summary>Reads an .npz file.</summary>
    public static List<SensorEvent> ParseArchive(byte[] file, string name)
    {
        Dictionary<string, NumPyArray> arrays = [];
        try
        {
            using ZipArchive zip = new(new MemoryStream(file), ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.Name.EndsWith(".npy", StringComparison.Ordinal)))
            {
                if (entry.Length > file.Length * MostInflation)
                {
                    throw new InvalidDataException($"Entry '{entry.Name}' says that it has {entry.Length} bytes.");
                }

                using Stream content = entry.Open();
                using MemoryStream memory = new();
                content.CopyTo(memory);
                arrays[entry.Name[..^4]] = NumPyArray.Parse(memory.ToArray(), $"{name}/{entry.Name}");
            }
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            throw new InvalidDataException($"File '{name}' must be a complete .npz archive, but is damaged: {damage.Message}", damage);
        }

        if (arrays.Values.FirstOrDefault(array => array.Fields.Count > 1) is { } records)
        {
            return FromRecords(records, name);
        }

        (NumPyArray Array, NumPyField Field)[] columns =
        [
            .. s_fields.Select(names => names.Where(arrays.ContainsKey).Select(key => arrays[key]).FirstOrDefault() is { Fields: [var field] } array
                ? (array, field)
                : throw Missing(name, names[0], string.Join(", ", arrays.Keys))),
        ];
        int count = columns[0].Array.Count;
        return columns.All(column => column.Array.Count == count)
            ? Read(columns, count, name)
            : throw EventFile.Error(name, "must have arrays of one length", $"they have {string.Join(", ", columns.Select(c => c.Array.Count))}",
                "Save the arrays of one recording together.");
    }

    private static List<SensorEvent> FromRecords(NumPyArray array, string name) => Read(
        [
            .. s_fields.Select(names => (array, array.Fields.FirstOrDefault(field => names.Contains(field.Name))
                ?? throw Missing(name, names[0], string.Join(", ", array.Fields.Select(field => field.Name))))),
        ], array.Count, name);

    private static List<SensorEvent> Read((NumPyArray Array, NumPyField Field)[] columns, int count, string name)
    {
        List<SensorEvent> events = new(count);
        for (int n = 0; n < count; n++)
        {
            double x = columns[0].Array.Value(n, columns[0].Field), y = columns[1].Array.Value(n, columns[1].Field);
            double time = columns[2].Array.Value(n, columns[2].Field), polarity = columns[3].Array.Value(n, columns[3].Field);
            if (!(x >= 0 && x <= int.MaxValue && y >= 0 && y <= int.MaxValue && Math.Abs(time) < 1e15))
            {
                throw EventFile.Error(name, "must hold columns, rows of 0 or more and times in microseconds",
                    $"event {n} is at ({x}, {y}) at {time}", "Save the arrays again.");
            }

            // Darker is 0 in some data sets and -1 in others.
            events.Add(new SensorEvent((long)time, (int)x, (int)y, IsOn: polarity > 0));
        }

        return events;
    }

    private static InvalidDataException Missing(string name, string field, string found) => EventFile.Error(
        name, "must have the fields x, y, t and p", $"has no {field}, only: {found}", "Save a structured array, or one array for each.");
}
