using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>A one-dimensional NumPy array of numbers or of records of numbers, little-endian.</summary>
/// <remarks>
/// A file is 93-4E-55-4D-50-59, the version, the length of the header, the header as a Python dictionary, and the items.
/// Source: NumPy Enhancement Proposal 1, A Simple File Format for NumPy Arrays.
/// </remarks>
internal sealed partial class NumPyArray
{
    private readonly byte[] _file;
    private readonly int _first;
    private readonly int _recordBytes;

    private NumPyArray(byte[] file, int first, int count, IReadOnlyList<NumPyField> fields)
    {
        _file = file;
        _first = first;
        Count = count;
        Fields = fields;
        _recordBytes = fields.Sum(field => field.Bytes);
    }

    /// <summary>Gets the number of records.</summary>
    public int Count { get; }

    /// <summary>Gets what a record holds.</summary>
    public IReadOnlyList<NumPyField> Fields { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or holds something else.</exception>
    public static NumPyArray Parse(byte[] file, string name)
    {
        if (file.Length < 12 || !IsMagic(file))
        {
            throw EventFile.Error(name, "must begin with 93-4E-55-4D-50-59, as a NumPy array does", "does not", "Save it with numpy.save.");
        }

        // Version 1 has two bytes for the length of the header, later ones have four.
        int first = file[6] == 1 ? 10 : 12;
        uint length = file[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(8));
        if (length > file.Length - first)
        {
            throw Cut(name, $"a header of {length} bytes", file.Length - first);
        }

        string header = System.Text.Encoding.Latin1.GetString(file, first, (int)length);
        first += (int)length;
        List<NumPyField> fields = ReadFields(header, name);
        Match shape = Shape().Match(header);
        if (!shape.Success || !int.TryParse(shape.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            throw EventFile.Error(name, "must have one dimension", $"its header is {header.Trim()}", "Save a one-dimensional array.");
        }

        long bytes = (long)count * fields.Sum(field => field.Bytes);
        return bytes == file.Length - first
            ? new NumPyArray(file, first, count, fields)
            : throw Cut(name, $"{bytes} bytes after its header", file.Length - first);
    }

    /// <summary>Returns a number.</summary>
    public double Value(int record, NumPyField field)
    {
        ReadOnlySpan<byte> at = _file.AsSpan(_first + record * _recordBytes + field.Offset, field.Bytes);
        return (field.Kind, field.Bytes) switch
        {
            ('i', 1) => (sbyte)at[0],
            ('i', 2) => BinaryPrimitives.ReadInt16LittleEndian(at),
            ('i', 4) => BinaryPrimitives.ReadInt32LittleEndian(at),
            ('i', _) => BinaryPrimitives.ReadInt64LittleEndian(at),
            ('u', 2) => BinaryPrimitives.ReadUInt16LittleEndian(at),
            ('u', 4) => BinaryPrimitives.ReadUInt32LittleEndian(at),
            ('u', 8) => BinaryPrimitives.ReadUInt64LittleEndian(at),
            ('f', 4) => BinaryPrimitives.ReadSingleLittleEndian(at),
            ('f', _) => BinaryPrimitives.ReadDoubleLittleEndian(at),
            _ => at[0],
        };
    }

    private static bool IsMagic(byte[] file) => file[0] == 0x93 && file.AsSpan(1, 5).SequenceEqual("NUMPY"u8);

    private static List<NumPyField> ReadFields(string header, string name)
    {
        List<NumPyField> fields = [];
        MatchCollection named = Named().Matches(header);
        Match plain = Plain().Match(header);
        int offset = 0;
        foreach ((string field, string type) in named.Count > 0
            ? named.Select(match => (match.Groups[1].Value, match.Groups[2].Value))
            : plain.Success ? [("", plain.Groups[1].Value)] : [])
        {
            if (type is not ([not '>', 'i' or 'u', '1' or '2' or '4' or '8'] or ['<', 'f', '4' or '8'] or ['|', 'b', '1']))
            {
                throw EventFile.Error(name, "must hold little-endian integers, floats or booleans", $"holds '{type}'", "Convert it with astype.");
            }

            fields.Add(new NumPyField(field, type[1], type[2] - '0', offset));
            offset += type[2] - '0';
        }

        return fields.Count > 0 ? fields : throw EventFile.Error(
            name, "must say the type of its items", $"its header is {header.Trim()}", "Save it with numpy.save.");
    }

    private static InvalidDataException Cut(string name, string expected, int found) => EventFile.Error(
        name, $"must hold {expected}", $"has {found}", "The file is cut off or damaged: copy or save it again.");

    [GeneratedRegex(@"\('(\w+)',\s*'([^']*)'\)")]
    private static partial Regex Named();

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex Plain();

    [GeneratedRegex(@"'shape':\s*\((\d+),\)")]
    private static partial Regex Shape();
}
