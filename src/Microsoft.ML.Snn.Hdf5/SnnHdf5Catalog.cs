using System;
using System.IO;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Hdf5;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML;

/// <summary>Loads spike trains from HDF5 files.</summary>
public static class SnnHdf5Catalog
{
    /// <summary>Loads a file in the layout of the Spiking Heidelberg Digits and the Spiking Speech Commands.</summary>
    /// <remarks>
    /// <para>
    /// The file has the datasets spikes/times (for each example its spike times in seconds) and spikes/units (the channel of
    /// each), both of variable length, labels (one integer per example) and, if it is there, extra/keys (the names of the
    /// classes). Without names a class is called by its number, and the classes are 0 to the largest label.
    /// </para>
    /// <para>
    /// Columns: Label, a key with the names of the classes; FileName, Text, the path and the number of the example; Spikes, a
    /// sparse Vector&lt;Single, T, N&gt;, time-major, with the annotation "SnnTimeStep": a slot counts the spikes of its step and
    /// channel. Spikes after the last step are left out. The spikes of an example are read when its row is. The file stays
    /// open as long as the rows are in use.
    /// </para>
    /// <para>Source: Cramer, Stradmann, Schemmel and Zenke, IEEE Trans. Neural Netw. Learn. Syst. 33:2744 (2022).</para>
    /// </remarks>
    /// <param name="snn">The operations: <c>mlContext.Snn()</c>.</param>
    /// <param name="path">The file.</param>
    /// <param name="timeSteps">The number T of steps, 1 to 65536. The default is 100.</param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 10: with 100 steps one second.</param>
    /// <param name="channels">The number of channels of the recordings, 1 to 16 777 216. The default is 700.</param>
    /// <param name="channelsPerInput">How many neighbouring channels are added up to one of the N, 1 or more. The default is 1.</param>
    /// <returns>The rows, in the order of the file.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file has another layout or is damaged; also when a row is read.</exception>
    public static IDataView LoadSpikesHdf5(
        this SnnOperations snn, string path, int timeSteps = 100, float timeStep = 10, int channels = 700, int channelsPerInput = 1)
    {
        ArgumentNullException.ThrowIfNull(snn);
        ArgumentException.ThrowIfNullOrEmpty(path);
        Require.InRange(timeSteps, 1, 65_536, "Use the number of simulation steps of an example, for example 100.");
        Require.Positive(timeStep, "It is the length of a step in milliseconds, for example 10.");
        Require.InRange(channels, 1, 1 << 24, "It is 700 for the Spiking Heidelberg Digits.");
        Require.InRange(channelsPerInput, 1, 1 << 24, "Use 1 for all channels.");
        int inputs = (channels + channelsPerInput - 1) / channelsPerInput;
        double slots = (double)timeSteps * inputs;
        Require.InRange(slots, 1, Array.MaxLength, "It is timeSteps times inputs: use fewer steps or more channelsPerInput.");

        SpikeHdf5File file = SpikeHdf5File.Open(path);
        SpikeColumn column = new(timeSteps, inputs, timeStep);
        return new RecordingView(snn.Environment, file.Recordings, file.Classes, column.Detached("Spikes"), () =>
        {
            SlotCounter counter = new();
            TimeGrid grid = new(timeStep, timeUnit: 1000);
            return (Recording recording, ref Data.VBuffer<float> value) =>
            {
                counter.Clear();
                (double[] times, long[] units) = file.Read(((SpikeRecording)recording).Index);
                for (int n = 0; n < times.Length; n++)
                {
                    if (!(times[n] >= 0) || units[n] < 0 || units[n] >= channels)
                    {
                        throw EventFile.Error(recording.Name, $"must hold spikes from second 0 on in channels 0 to {channels - 1}",
                            FormattableString.Invariant($"spike {n} is at {times[n]} s in channel {units[n]}"),
                            "Correct the number of channels, or the file is damaged.");
                    }

                    double step = grid.StepOf(times[n]);
                    if (step < timeSteps)
                    {
                        counter.Add((int)step * inputs + (int)(units[n] / channelsPerInput));
                    }
                }

                counter.MoveTo(timeSteps * inputs, ref value);
            };
        });
    }
}
