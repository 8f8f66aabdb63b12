using System;
using System.Buffers.Binary;
using System.IO;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Unpacks a frame of LZ4.</summary>
/// <remarks>
/// A frame: its mark, flags, the kind of its blocks, perhaps the length of its content, a byte of checksum; blocks, each with
/// its length, whose highest bit marks bytes that are not packed; four bytes of 0. A block: sequences of literal bytes and of
/// copies of what came before. Checksums are passed over; dictionaries are not read. Source: LZ4 frame format 1.6.1 and block format.
/// </remarks>
internal static class Lz4Frame
{
    private const uint Mark = 0x184D2204;
    private const int VersionBits = 0xC0;
    private const int Version1 = 0x40;
    private const int BlockChecksum = 0x10;
    private const int ContentLength = 0x08;
    private const int ContentChecksum = 0x04;
    private const int Dictionary = 0x01;
    private const int ShortestCopy = 4;

    /// <summary>Unpacks one frame.</summary>
    /// <param name="packed">The frame; nothing may follow.</param>
    /// <param name="limit">The most bytes that the content may have.</param>
    /// <returns>The content.</returns>
    /// <exception cref="InvalidDataException">The frame is damaged, uses a dictionary, or its content is longer.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int limit)
    {
        byte flags = packed.Length >= 7 && BinaryPrimitives.ReadUInt32LittleEndian(packed) == Mark ? packed[4] : (byte)0;
        if ((flags & VersionBits) != Version1 || (flags & Dictionary) != 0)
        {
            throw new InvalidDataException("it is no LZ4 frame of version 1 without a dictionary");
        }

        ReadOnlySpan<byte> rest = packed[6..];
        Take(ref rest, (flags & ContentLength) != 0 ? 9 : 1);
        Unpacked content = new(limit);
        while (true)
        {
            uint header = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, 4));
            if (header == 0)
            {
                break;
            }

            ReadOnlySpan<byte> block = Take(ref rest, (int)Math.Min(header & 0x7FFFFFFF, int.MaxValue));
            if (header >> 31 == 1)
            {
                content.Append(block);
            }
            else
            {
                UnpackBlock(block, content);
            }

            Take(ref rest, (flags & BlockChecksum) != 0 ? 4 : 0);
        }

        Take(ref rest, (flags & ContentChecksum) != 0 ? 4 : 0);
        return rest.IsEmpty ? content.ToArray() : throw new InvalidDataException("bytes follow the LZ4 frame");
    }

    private static void UnpackBlock(ReadOnlySpan<byte> block, Unpacked content)
    {
        while (true)
        {
            int token = Take(ref block, 1)[0];
            content.Append(Take(ref block, LengthOf(token >> 4, ref block)));

            // The last sequence of a block ends after its literals.
            if (block.IsEmpty)
            {
                return;
            }

            int distance = BinaryPrimitives.ReadUInt16LittleEndian(Take(ref block, 2));
            content.Repeat(distance, ShortestCopy + LengthOf(token & 15, ref block));
        }
    }

    /// <summary>A length of 15 goes on in the bytes that follow, as long as they are 255.</summary>
    private static int LengthOf(int nibble, ref ReadOnlySpan<byte> block)
    {
        int length = nibble;
        for (byte more = nibble == 15 ? byte.MaxValue : (byte)0; more == byte.MaxValue;)
        {
            more = Take(ref block, 1)[0];
            length = checked(length + more);
        }

        return length;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (count > bytes.Length)
        {
            throw new InvalidDataException("its LZ4 frame ends too early");
        }

        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
