using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ZstdSharp;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>AEDAT 4 of iniVation's DV: the stream of events; frames, inertial measurements and triggers are passed over.</summary>
/// <remarks>
/// The line "#!AER-DAT4.0"; a FlatBuffers message "IOHE" with the kind of compression, the position of the table at the end of
/// the file, and a text about the streams; packets: number of the stream, number of bytes, and a FlatBuffers message, compressed
/// by itself, whose name says what it holds. That of events, "EVTS", has one vector of structures of 16 bytes: time in
/// microseconds (8), x (2), y (2), polarity (1). The table at the end is not needed. Source: iniVation, AEDAT 4 and dv-processing.
/// </remarks>
internal static class Aedat4File
{
    private const int EventBytes = 16;
    private const int PacketHeaderBytes = 8;
    private const int MostPacketBytes = 1 << 28;

    // LZ4 gives at most 255 bytes for one; events hardly ever give more. A damaged packet must not make us allocate gigabytes.
    private const int MostInflation = 1032;

    /// <summary>The line that the file begins with.</summary>
    public static ReadOnlySpan<byte> Mark => "#!AER-DAT4.0\r\n"u8;

    public static List<SensorEvent> Parse(ReadOnlySpan<byte> file, string name)
    {
        if (!file.StartsWith(Mark))
        {
            throw EventFile.Error(name, "must begin with '#!AER-DAT4.0'", "does not", "Give files of AEDAT 2 and 3.1 the extension .aedat.");
        }

        ReadOnlySpan<byte> packets = file[Mark.Length..];
        RequireMessage(packets, "IOHE"u8, name);
        FlatTable header = new(packets, name);
        int compression = header.Int32(field: 0, missing: 0);
        long end = header.Int64(field: 1, missing: -1);
        int headerBytes = sizeof(uint) + (int)BinaryPrimitives.ReadUInt32LittleEndian(packets);
        if (end > file.Length || (end >= 0 && end < Mark.Length + headerBytes))
        {
            throw EventFile.Error(name, "must hold its table of packets", $"has {file.Length} bytes, and the table is to begin at {end}",
                "The file is cut off or damaged: copy or download it again.");
        }

        // A recording that was broken off has no table: its packets go on to the end of the file.
        int packetsEnd = end >= 0 ? (int)end - Mark.Length : packets.Length;
        return ReadPackets(packets[headerBytes..packetsEnd], compression, name);
    }

    private static List<SensorEvent> ReadPackets(ReadOnlySpan<byte> packets, int compression, string name)
    {
        List<SensorEvent> events = [];
        Dictionary<int, bool> hasEvents = [];
        while (!packets.IsEmpty)
        {
            int stream = packets.Length < PacketHeaderBytes ? 0 : BinaryPrimitives.ReadInt32LittleEndian(packets);
            long size = packets.Length < PacketHeaderBytes ? long.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(packets[4..]);
            if (size > packets.Length - PacketHeaderBytes)
            {
                throw EventFile.Error(name, "must hold whole packets", "ends inside one", "The file is cut off or damaged: copy or download it again.");
            }

            ReadOnlySpan<byte> packet = packets.Slice(PacketHeaderBytes, (int)size);
            packets = packets[(PacketHeaderBytes + (int)size)..];

            // All packets of a stream hold the same: those of images are not unpacked, but for the first.
            if (hasEvents.TryGetValue(stream, out bool isEvents) && !isEvents)
            {
                continue;
            }

            byte[] message = Unpack(packet, compression, name);
            hasEvents[stream] = FlatTable.IdentifierOf(message).SequenceEqual("EVTS"u8);
            if (hasEvents[stream])
            {
                AddEvents(message, name, events);
            }
            else if (isEvents)
            {
                throw EventFile.Error(name, "must hold one kind of packets per stream", $"stream {stream} has several", "The file is damaged: copy or download it again.");
            }
        }

        int streams = hasEvents.Count(stream => stream.Value);
        return streams <= 1
            ? events
            : throw EventFile.Error(name, "must hold one stream of events", $"has {streams}", "Which of them to take is not clear: export the one that is meant.");
    }

    private static void AddEvents(ReadOnlySpan<byte> message, string name, List<SensorEvent> events)
    {
        ReadOnlySpan<byte> elements = new FlatTable(message, name).Vector(field: 0, EventBytes);
        for (; !elements.IsEmpty; elements = elements[EventBytes..])
        {
            events.Add(new SensorEvent(BinaryPrimitives.ReadInt64LittleEndian(elements),
                BinaryPrimitives.ReadInt16LittleEndian(elements[8..]), BinaryPrimitives.ReadInt16LittleEndian(elements[10..]), IsOn: elements[12] != 0));
        }
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packet, int compression, string name)
    {
        int limit = (int)Math.Min(MostPacketBytes, packet.Length * (long)MostInflation);
        try
        {
            return compression switch
            {
                0 => packet.ToArray(),
                1 or 2 => Lz4Frame.Unpack(packet, limit),
                3 or 4 => UnpackZstandard(packet, limit),
                _ => throw new InvalidDataException($"its compression is of kind {compression}, not 0 to 4"),
            };
        }
        catch (Exception damage) when (damage is InvalidDataException or ZstdException or EndOfStreamException or OverflowException)
        {
            throw new InvalidDataException($"File '{name}' must hold packets that can be unpacked, but one cannot: {damage.Message}. Copy or download it again.", damage);
        }
    }

    private static byte[] UnpackZstandard(ReadOnlySpan<byte> packet, int limit)
    {
        using MemoryStream packed = new(packet.ToArray());
        using DecompressionStream stream = new(packed);
        Unpacked content = new(limit);
        byte[] buffer = new byte[1 << 14];
        while (stream.Read(buffer, 0, buffer.Length) is > 0 and var count)
        {
            content.Append(buffer.AsSpan(0, count));
        }

        return content.ToArray();
    }

    private static void RequireMessage(ReadOnlySpan<byte> prefixed, ReadOnlySpan<byte> identifier, string name)
    {
        if (!FlatTable.IdentifierOf(prefixed).SequenceEqual(identifier))
        {
            throw EventFile.Error(name, "must have a header after its first line", "has none", "The file is cut off or damaged: copy or download it again.");
        }
    }
}
