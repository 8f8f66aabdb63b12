using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Prophesee's .dat of version 2, as in N-CARS: changes seen by an ATIS or a later sensor.</summary>
/// <remarks>
/// Lines that begin with %; a byte for the kind of event and one for its size, 8; then for each event two little-endian
/// words: the time in microseconds, and x (bits 0 to 13), y (14 to 27) and polarity (28). Source: Prophesee, DAT file format.
/// </remarks>
internal static class AtisFile
{
    private const int EventBytes = 8;

    public static List<SensorEvent> Parse(ReadOnlySpan<byte> file, string name)
    {
        bool isVersion2 = false;
        bool hasHeader = false;
        while (file.Length > 0 && file[0] == '%')
        {
            int end = file.IndexOf((byte)'\n');
            if (end < 0)
            {
                throw Cut(name);
            }

            hasHeader = true;
            isVersion2 |= file[..end].StartsWith("% Version 2"u8);
            file = file[(end + 1)..];
        }

        if (!hasHeader || !isVersion2)
        {
            throw EventFile.Error(name, "must begin with lines of '%', one of them '% Version 2'",
                hasHeader ? "has no such version" : "has no such line", "Convert it with the tools of the sensor's maker.");
        }

        if (file.Length < 2)
        {
            throw Cut(name);
        }

        (byte kind, byte size) = (file[0], file[1]);
        file = file[2..];
        if (kind is not (0 or 12) || size != EventBytes)
        {
            throw EventFile.Error(name, "must hold changes (kind 0 or 12) of 8 bytes", $"holds kind {kind} of {size} bytes",
                "Other kinds of events are not read.");
        }

        EventFile.CheckWhole(file.Length, EventBytes, name);
        List<SensorEvent> events = new(file.Length / EventBytes);
        for (; file.Length > 0; file = file[EventBytes..])
        {
            uint time = BinaryPrimitives.ReadUInt32LittleEndian(file);
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
            events.Add(new SensorEvent(time, (int)(word & 0x3FFF), (int)(word >> 14 & 0x3FFF), IsOn: (word >> 28 & 1) == 1));
        }

        return events;
    }

    private static InvalidDataException Cut(string name) => EventFile.Error(
        name, "must have a header of lines and two bytes", "ends inside it", "The file is cut off: copy or download it again.");
}
