using System;
using System.IO;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML.Snn;

public sealed partial class SnnOperations
{
    /// <summary>Loads the recordings of event cameras from a folder whose subfolders are the classes.</summary>
    /// <remarks>
    /// <para>
    /// Columns: Label, a key in the ordinal order of the names of the subfolders, with the names as its values; FileName, Text;
    /// Spikes, a sparse Vector&lt;Single, T, N&gt;, time-major, with the annotation "SnnTimeStep", ready for a trainer. A file is
    /// read when its row is, and not kept.
    /// </para>
    /// <para>
    /// Formats, by extension: .bin and .bs2 of N-MNIST and N-Caltech101; .dat of version 2 of Prophesee (ATIS, N-CARS);
    /// .aedat, version 2.0 of DAVIS sensors and version 3.1; .aedat4 of DV, with no, LZ4 or Zstandard compression; .npy, a one-dimensional array of records with the fields x, y,
    /// t (or timestamp) in microseconds and p (or polarity); .npz with such an array, or with one array for each field.
    /// Not read: of AEDAT 4 all but events (frames, inertial measurements, triggers) and files with several streams of events; AEDAT 2 of
    /// other sensors; Prophesee's .raw; MAT files.
    /// </para>
    /// </remarks>
    /// <param name="folder">Holds one folder per class.</param>
    /// <param name="binning">The size of the sensor, and the steps and channels.</param>
    /// <returns>The rows, in order of class and file name.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="binning"/> is out of its range.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no such file; when a row is read: the file is damaged.</exception>
    public IDataView LoadEvents(string folder, EventBinning binning)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(binning);
        binning.Validate();
        (Recording[] recordings, string[] classes) = LabelledFolder.Find(folder, EventFile.s_extensions);
        SpikeColumn column = new(binning.TimeSteps, binning.Channels, binning.TimeStep);
        return new RecordingView(_env, recordings, classes, column.Detached("Spikes"), () =>
        {
            EventRaster raster = new(binning);
            return (Recording recording, ref VBuffer<float> value) =>
                raster.Write(EventFile.Parse(recording.Content(), recording.Name), recording.Name, ref value);
        });
    }
}
