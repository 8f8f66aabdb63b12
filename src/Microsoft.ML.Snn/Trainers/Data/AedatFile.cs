using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>AEDAT 2.0 of DAVIS sensors and AEDAT 3.1 of any: changes; images, inertial and special events are passed over.</summary>
/// <remarks>
/// Source: iniVation, AEDAT file formats. AEDAT 2.0: lines that begin with #, then big-endian words, the address and the time
/// in microseconds; of a DAVIS polarity is bit 11, x bits 12 to 21, y bits 22 to 30, and bit 31 marks what is no change.
/// AEDAT 3.1: lines to #!END-HEADER, then packets of a little-endian header of 28 bytes and events; of a change polarity is
/// bit 1, y bits 2 to 16, x bits 17 to 31, and bit 0 says that it is valid.
/// </remarks>
internal static class AedatFile
{
    private const int EventBytes = 8;
    private const int PacketHeaderBytes = 28;
    private const int PolarityPacket = 1;

    public static List<SensorEvent> Parse(ReadOnlySpan<byte> file, string name)
    {
        if (file.StartsWith("#!AER-DAT2.0"u8))
        {
            return ParseVersion2(file, name);
        }

        if (file.StartsWith("#!AER-DAT3.1"u8))
        {
            return ParseVersion3(file, name);
        }

        throw EventFile.Error(name, "must begin with '#!AER-DAT2.0' or '#!AER-DAT3.1'", "does not",
            "Other versions are not read: export it as one of these, or as NumPy arrays.");
    }

    private static List<SensorEvent> ParseVersion2(ReadOnlySpan<byte> file, string name)
    {
        bool isDavis = false;
        while (file.Length > 0 && file[0] == '#')
        {
            int end = file.IndexOf((byte)'\n');
            if (end < 0)
            {
                throw Cut(name, "a whole line of its header");
            }

            ReadOnlySpan<byte> line = file[..end];
            isDavis |= line.StartsWith("# AEChip:"u8) && line.IndexOf("avis"u8) >= 0;
            file = file[(end + 1)..];
        }

        if (!isDavis)
        {
            throw EventFile.Error(name, "must come from a DAVIS sensor, named in a line '# AEChip:'", "names none",
                "What the bits of an address mean depends on the sensor: export it as AEDAT 3.1.");
        }

        EventFile.CheckWhole(file.Length, EventBytes, name);
        List<SensorEvent> events = new(file.Length / EventBytes);
        for (; file.Length > 0; file = file[EventBytes..])
        {
            uint address = BinaryPrimitives.ReadUInt32BigEndian(file);
            if (address >> 31 == 0)
            {
                events.Add(new SensorEvent(BinaryPrimitives.ReadUInt32BigEndian(file[4..]),
                    (int)(address >> 12 & 0x3FF), (int)(address >> 22 & 0x1FF), IsOn: (address >> 11 & 1) == 1));
            }
        }

        return events;
    }

    private static List<SensorEvent> ParseVersion3(ReadOnlySpan<byte> file, string name)
    {
        ReadOnlySpan<byte> headerEnd = "#!END-HEADER\r\n"u8;
        int end = file.IndexOf(headerEnd);
        if (end < 0)
        {
            throw Cut(name, "the line '#!END-HEADER'");
        }

        List<SensorEvent> events = [];
        for (file = file[(end + headerEnd.Length)..]; file.Length > 0;)
        {
            if (file.Length < PacketHeaderBytes)
            {
                throw Cut(name, "a whole header of a packet");
            }

            int kind = BinaryPrimitives.ReadInt16LittleEndian(file);
            int size = BinaryPrimitives.ReadInt32LittleEndian(file[4..]);
            int overflow = BinaryPrimitives.ReadInt32LittleEndian(file[12..]);
            int count = BinaryPrimitives.ReadInt32LittleEndian(file[20..]);
            file = file[PacketHeaderBytes..];
            if (size <= 0 || count < 0 || overflow < 0 || (long)size * count > file.Length || (kind == PolarityPacket && size != EventBytes))
            {
                throw EventFile.Error(name, $"must have packets inside its {file.Length} bytes that are left",
                    $"has one of {count} events of {size} bytes", "The file is cut off or damaged: copy or download it again.");
            }

            ReadOnlySpan<byte> packet = file[..(size * count)];
            file = file[packet.Length..];
            for (; kind == PolarityPacket && packet.Length > 0; packet = packet[EventBytes..])
            {
                uint word = BinaryPrimitives.ReadUInt32LittleEndian(packet);
                if ((word & 1) == 1)
                {
                    // The time of an event has 31 bits; the packet counts how often they overflowed.
                    long time = (BinaryPrimitives.ReadUInt32LittleEndian(packet[4..]) & 0x7FFFFFFF) + ((long)overflow << 31);
                    events.Add(new SensorEvent(time, (int)(word >> 17), (int)(word >> 2 & 0x7FFF), IsOn: (word >> 1 & 1) == 1));
                }
            }
        }

        return events;
    }

    private static InvalidDataException Cut(string name, string expected) =>
        EventFile.Error(name, $"must hold {expected}", "ends before", "The file is cut off: copy or download it again.");
}
