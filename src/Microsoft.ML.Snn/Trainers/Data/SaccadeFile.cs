using System;
using System.Collections.Generic;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>The format of N-MNIST and N-Caltech101, .bin and .bs2: five bytes per event.</summary>
/// <remarks>
/// x; y; then, highest byte first, one bit of polarity and 23 of time in microseconds. A y of 240 is no event: the time of
/// all that follow is 2^13 µs later. Source: Orchard, Jayawant, Cohen and Thakor, Front. Neurosci. 9:437 (2015).
/// </remarks>
internal static class SaccadeFile
{
    private const int EventBytes = 5;
    private const int OverflowRow = 240;
    private const int OverflowTime = 1 << 13;

    public static List<SensorEvent> Parse(ReadOnlySpan<byte> file, string name)
    {
        EventFile.CheckWhole(file.Length, EventBytes, name);
        List<SensorEvent> events = new(file.Length / EventBytes);
        long later = 0;
        for (; file.Length > 0; file = file[EventBytes..])
        {
            if (file[1] == OverflowRow)
            {
                later += OverflowTime;
                continue;
            }

            int time = (file[2] & 0x7F) << 16 | file[3] << 8 | file[4];
            events.Add(new SensorEvent(time + later, file[0], file[1], IsOn: file[2] >= 0x80));
        }

        return events;
    }
}
