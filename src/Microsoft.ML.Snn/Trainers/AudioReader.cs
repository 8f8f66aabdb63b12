using System;
using System.Globalization;
using System.IO;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Encodes the sound of one column, for one cursor on one thread.</summary>
internal sealed class AudioReader(AudioEncoding encoding, string columnName)
{
    private readonly AudioEncoder _encoder = new(encoding);
    private readonly SpikeRaster _raster = new();
    private float[] _dense = [];

    /// <summary>Says why sound of this rate cannot be encoded, or returns null.</summary>
    public static string? RateProblem(AudioEncoding encoding, double sampleRate, string owner)
    {
        string found = string.Create(CultureInfo.InvariantCulture, $"but has {sampleRate} Hz");
        if (sampleRate > WaveFile.MaximumSampleRate)
        {
            return $"{owner} must have a sample rate of at most {WaveFile.MaximumSampleRate} Hz, {found}.";
        }

        return sampleRate >= 2 * (double)encoding.HighestFrequency ? null : string.Create(CultureInfo.InvariantCulture,
            $"{owner} must have a sample rate of at least twice the highest frequency of {encoding.HighestFrequency} Hz, {found}. ")
            + "Lower HighestFrequency to half the sample rate.";
    }

    public void EncodeFile(string path, ref VBuffer<float> spikes)
    {
        WaveSound sound = WaveFile.Read(path);
        if (RateProblem(encoding, sound.SampleRate, $"File '{path}'") is { } problem)
        {
            throw new InvalidDataException(problem);
        }

        Encode(sound.Samples, sound.SampleRate, ref spikes);
    }

    public void EncodeSamples(in VBuffer<float> samples, double sampleRate, UInt128 row, ref VBuffer<float> spikes)
    {
        if (!samples.IsDense)
        {
            Array.Resize(ref _dense, samples.Length);
            samples.CopyTo(_dense);
        }

        ReadOnlySpan<float> sound = samples.IsDense ? samples.GetValues() : _dense;
        for (int n = 0; n < sound.Length; n++)
        {
            if (!float.IsFinite(sound[n]))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"Column '{columnName}' must hold finite samples, but sample {n} of row {row} was {sound[n]}. ")
                    + "Drop such rows, or append mlContext.Transforms.ReplaceMissingValues before the encoder.");
            }
        }

        Encode(sound, sampleRate, ref spikes);
    }

    private void Encode(ReadOnlySpan<float> samples, double sampleRate, ref VBuffer<float> spikes)
    {
        _raster.Reset(encoding.TimeSteps, encoding.Channels);
        _encoder.Encode(samples, sampleRate, _raster);
        SpikeVector.Write(_raster, encoding.TimeSteps * encoding.Channels, ref spikes);
    }
}
