using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Bins events into a spike train. It keeps scratch memory: one thread at a time.</summary>
internal sealed class EventRaster(EventBinning binning)
{
    private readonly List<int> _slots = [];

    /// <summary>Writes the counts of all slots.</summary>
    /// <exception cref="InvalidDataException">An event lies outside the sensor or before the first one.</exception>
    public void Write(List<SensorEvent> events, string name, ref VBuffer<float> spikes)
    {
        _slots.Clear();
        int channels = binning.Channels;
        double stepTime = binning.TimeStep * 1000.0;
        int plane = binning.SeparatePolarities ? binning.Columns * binning.Rows : 0;
        for (int n = 0; n < events.Count; n++)
        {
            SensorEvent e = events[n];
            if ((uint)e.X >= (uint)binning.Width || (uint)e.Y >= (uint)binning.Height)
            {
                throw EventFile.Error(name, $"must hold events of a sensor of {binning.Width} x {binning.Height} pixels",
                    $"event {n} is at ({e.X}, {e.Y})", "Correct Width and Height of the EventBinning, or the file is damaged.");
            }

            long time = e.Time - events[0].Time;
            if (time < 0)
            {
                throw EventFile.Error(name, "must begin with its first event", $"event {n} is {-time} µs before event 0",
                    "The file is damaged: copy or download it again.");
            }

            double step = Math.Floor(time / stepTime);
            if (step < binning.TimeSteps)
            {
                int pixel = e.Y / binning.Downsampling * binning.Columns + e.X / binning.Downsampling;
                _slots.Add((int)step * channels + pixel + (e.IsOn ? plane : 0));
            }
        }

        _slots.Sort();
        Count(CollectionsMarshal.AsSpan(_slots), binning.TimeSteps * channels, ref spikes);
    }

    private static void Count(ReadOnlySpan<int> slots, int slotCount, ref VBuffer<float> spikes)
    {
        int stored = 0;
        for (int n = 0; n < slots.Length; n++)
        {
            stored += n == 0 || slots[n] != slots[n - 1] ? 1 : 0;
        }

        VBufferEditor<float> editor = VBufferEditor.Create(ref spikes, slotCount, stored);
        editor.Values.Clear();
        bool isSparse = stored < slotCount;
        int at = -1;
        for (int n = 0; n < slots.Length; n++)
        {
            if (n == 0 || slots[n] != slots[n - 1])
            {
                at++;
                if (isSparse)
                {
                    editor.Indices[at] = slots[n];
                }
            }

            editor.Values[at]++;
        }

        spikes = editor.Commit();
    }
}
