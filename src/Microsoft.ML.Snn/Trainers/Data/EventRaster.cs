using System.Collections.Generic;
using System.IO;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Encoding;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Bins events into a spike train. One thread at a time.</summary>
internal sealed class EventRaster(EventBinning binning)
{
    private readonly SlotCounter _counter = new();
    private readonly TimeGrid _grid = new(binning.TimeStep, timeUnit: 0.001);

    /// <summary>Writes the counts of all slots.</summary>
    /// <exception cref="InvalidDataException">An event lies outside the sensor or before the first one.</exception>
    public void Write(List<SensorEvent> events, string name, ref VBuffer<float> spikes)
    {
        _counter.Clear();
        int channels = binning.Channels;
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

            double step = _grid.StepOf(time);
            if (step < binning.TimeSteps)
            {
                int pixel = e.Y / binning.Downsampling * binning.Columns + e.X / binning.Downsampling;
                _counter.Add((int)step * channels + pixel + (e.IsOn ? plane : 0));
            }
        }

        _counter.MoveTo(binning.TimeSteps * channels, ref spikes);
    }
}
