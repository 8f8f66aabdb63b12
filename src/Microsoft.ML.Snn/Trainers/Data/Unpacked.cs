using System;
using System.IO;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Bytes that are unpacked one after the other, up to a limit. Memory grows with what is there, not with what is announced.</summary>
internal sealed class Unpacked(int limit)
{
    private byte[] _bytes = new byte[Math.Min(limit, 1 << 16)];
    private int _count;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Extend(bytes.Length));

    /// <summary>Adds what came <paramref name="distance"/> bytes ago; a copy may read what it has just written.</summary>
    public void Repeat(int distance, int length)
    {
        if (distance == 0 || distance > _count)
        {
            throw new InvalidDataException("it copies from before its beginning");
        }

        int source = _count - distance;
        Span<byte> target = Extend(length);
        for (int n = 0; n < length; n++)
        {
            target[n] = _bytes[source + n];
        }
    }

    public byte[] ToArray() => _bytes.AsSpan(0, _count).ToArray();

    private Span<byte> Extend(int length)
    {
        if (length > limit - _count)
        {
            throw new InvalidDataException($"it unpacks to more than {limit} bytes");
        }

        if (_count + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(limit, Math.Max(2L * _bytes.Length, _count + length)));
        }

        _count += length;
        return _bytes.AsSpan(_count - length, length);
    }
}
