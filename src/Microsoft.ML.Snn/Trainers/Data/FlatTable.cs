using System;
using System.Buffers.Binary;
using System.IO;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>One table of a FlatBuffers message, every offset checked.</summary>
/// <remarks>
/// A message: the offset of the root table, then four bytes that name its kind. A table: how far its vtable lies before it, then
/// fields. A vtable: its own size, the size of the table, then for each field where it is in the table, or 0 where it is left out.
/// A vector: its length, then its elements. All little-endian. Source: FlatBuffers internals, flatbuffers.dev.
/// </remarks>
internal readonly ref struct FlatTable
{
    private const int PrefixBytes = 4;
    private const int IdentifierBytes = 4;
    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _vtable;
    private readonly int _table;
    private readonly string _name;

    /// <summary>Finds the root table.</summary>
    /// <param name="prefixed">Four bytes with the length of the message, then the message.</param>
    /// <param name="name">Name of the file, for messages.</param>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public FlatTable(ReadOnlySpan<byte> prefixed, string name)
    {
        _name = name;
        uint length = prefixed.Length < PrefixBytes ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(prefixed);
        if (length > prefixed.Length - PrefixBytes)
        {
            throw Damaged(name);
        }

        _message = prefixed.Slice(PrefixBytes, (int)length);
        _table = OffsetAt(0, 0);
        long vtable = _table - (long)BinaryPrimitives.ReadInt32LittleEndian(At(_table, 4));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(At(vtable, 2));
        _vtable = At(vtable, Math.Max(size, 4));
    }

    /// <summary>The four bytes that name the kind of a message, or nothing where it is too short.</summary>
    public static ReadOnlySpan<byte> IdentifierOf(ReadOnlySpan<byte> prefixed) =>
        prefixed.Length < PrefixBytes + 4 + IdentifierBytes ? default : prefixed.Slice(PrefixBytes + 4, IdentifierBytes);

    /// <summary>A field of 32 bits, or <paramref name="missing"/> where it is left out.</summary>
    public int Int32(int field, int missing) =>
        PositionOf(field) is > 0 and var at ? BinaryPrimitives.ReadInt32LittleEndian(At(_table + at, 4)) : missing;

    /// <summary>A field of 64 bits, or <paramref name="missing"/> where it is left out.</summary>
    public long Int64(int field, long missing) =>
        PositionOf(field) is > 0 and var at ? BinaryPrimitives.ReadInt64LittleEndian(At(_table + at, 8)) : missing;

    /// <summary>The bytes of a field that is a vector of elements of so many bytes; empty where it is left out.</summary>
    public ReadOnlySpan<byte> Vector(int field, int elementBytes)
    {
        if (PositionOf(field) is not (> 0 and var at))
        {
            return default;
        }

        int vector = OffsetAt(_table, at);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(At(vector, 4));
        return At(vector + 4, count * (long)elementBytes);
    }

    private static InvalidDataException Damaged(string name) => EventFile.Error(
        name, "must hold whole FlatBuffers messages", "has one whose offsets lead outside it", "The file is cut off or damaged: copy or download it again.");

    /// <summary>Where a field is in the table, or 0.</summary>
    private int PositionOf(int field)
    {
        int at = 4 + 2 * field;
        return at + 2 <= _vtable.Length ? BinaryPrimitives.ReadUInt16LittleEndian(_vtable[at..]) : 0;
    }

    /// <summary>Follows the offset at a place of the message.</summary>
    private int OffsetAt(int from, int place)
    {
        long start = (long)from + place;
        long target = start + BinaryPrimitives.ReadUInt32LittleEndian(At(start, 4));
        return target <= _message.Length ? (int)target : throw Damaged(_name);
    }

    private ReadOnlySpan<byte> At(long start, long length) => start >= 0 && length >= 0 && start + length <= _message.Length
        ? _message.Slice((int)start, (int)length)
        : throw Damaged(_name);
}
