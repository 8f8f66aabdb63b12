using System;
using System.IO;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML.Snn;

public sealed partial class SnnOperations
{
    /// <summary>Loads the WAV files of a folder whose subfolders are the classes.</summary>
    /// <remarks>
    /// <para>
    /// Columns: Label, a key in the ordinal order of the names of the subfolders, with the names as its values, ready for a
    /// trainer; FileName, Text; Samples, a vector of Single, the mean over the channels, full scale at 1, whose annotation
    /// "SnnSampleRate" holds the rate. A file is read when its row is, and not kept.
    /// </para>
    /// <para>
    /// WAV files of PCM with 8, 16, 24 or 32 bits or of floating point with 32 or 64 bits. All have the sample rate of the
    /// first; another one is an error when the row is read. For files of different rates encode the column FileName.
    /// </para>
    /// </remarks>
    /// <param name="folder">Holds one folder per class.</param>
    /// <returns>The rows, in order of class and file name.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no WAV file, or the first one is damaged.</exception>
    public IDataView LoadAudioFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (Recording[] recordings, string[] classes) = LabelledFolder.Find(folder, ".wav");
        return SoundView(recordings, classes);
    }

    /// <summary>Loads the Free Spoken Digit Dataset: digits in English, each spoken many times by six speakers.</summary>
    /// <remarks>
    /// Columns as <see cref="LoadAudioFolder"/> gives them; the label is a key for the digits 0 to 9. The official split is
    /// used: of each speaker and digit the recordings 0 to 4 are the test set. Source: Jackson et al.,
    /// github.com/Jakobovski/free-spoken-digit-dataset.
    /// </remarks>
    /// <param name="path">
    /// The folder with files like 7_jackson_32.wav, or a .tar.gz archive of it, which is read into memory at once.
    /// </param>
    /// <param name="split">The part of the data.</param>
    /// <returns>The rows, in order of digit, speaker and index.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="split"/> is no value of its type.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="InvalidDataException">It holds no such recording, or is damaged.</exception>
    public IDataView LoadSpokenDigits(string path, DataSplit split)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Require.Defined(split, "Use DataSplit.Train or DataSplit.Test.");
        return SoundView(SpokenDigits.Find(path, split), SpokenDigits.s_classes);
    }

    private RecordingView SoundView(Recording[] recordings, string[] classes)
    {
        int rate = WaveFile.Parse(recordings[0].Content(), recordings[0].Name).SampleRate;
        DataViewSchema.DetachedColumn samples = new(
            "Samples", new VectorDataViewType(NumberDataViewType.Single), AudioColumn.Annotations(rate));
        return new RecordingView(_env, recordings, classes, samples, () => (Recording recording, ref VBuffer<float> value) =>
        {
            WaveSound sound = WaveFile.Parse(recording.Content(), recording.Name);
            if (sound.SampleRate != rate)
            {
                throw new InvalidDataException(
                    $"File '{recording.Name}' must have the sample rate of the first file, {rate} Hz, but has {sound.SampleRate} Hz. "
                    + "Convert it, or give EncodeAudio the column FileName in place of Samples.");
            }

            value = new VBuffer<float>(sound.Samples.Length, sound.Samples);
        });
    }
}
