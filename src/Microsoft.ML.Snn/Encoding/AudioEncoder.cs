using System;
using System.Numerics.Tensors;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns a recording into spikes. It keeps scratch memory: one thread at a time.</summary>
internal sealed class AudioEncoder
{
    // -120 dB: the rounding errors of a transform of silence lie far below, the last bit of 16 at -96.
    private const float SilentEnergy = 1e-12f;

    private readonly AudioEncoding _encoding;
    private readonly float[] _energies;
    private readonly float[] _levels;
    private MelFilterBank? _filters;
    private double _filtersRate;

    /// <param name="encoding">The settings; they were validated.</param>
    public AudioEncoder(AudioEncoding encoding)
    {
        _encoding = encoding;
        _energies = new float[encoding.TimeSteps * encoding.Bands];
        _levels = new float[encoding.TimeSteps];
    }

    /// <summary>Adds the spikes of one recording.</summary>
    /// <param name="samples">Finite samples, full scale at 1.</param>
    /// <param name="sampleRate">Samples per second, at least twice the highest frequency.</param>
    /// <param name="raster">Receives the spikes; it was reset to the steps and channels of the encoding.</param>
    public void Encode(ReadOnlySpan<float> samples, double sampleRate, SpikeRaster raster)
    {
        if (_filters is null || _filtersRate != sampleRate)
        {
            _filters = new MelFilterBank(_encoding, sampleRate);
            _filtersRate = sampleRate;
        }

        int bands = _encoding.Bands;
        for (int step = 0; step < _encoding.TimeSteps; step++)
        {
            _filters.Compute(samples, step, _energies.AsSpan(step * bands, bands));
        }

        float reference = _encoding.ReferenceLevel ?? Decibels(TensorPrimitives.Max<float>(_energies));
        if (_encoding.ReferenceLevel is null && reference <= Decibels(SilentEnergy))
        {
            return;
        }

        for (int band = 0; band < bands; band++)
        {
            for (int step = 0; step < _levels.Length; step++)
            {
                float below = reference - Decibels(_energies[step * bands + band]);
                _levels[step] = Math.Clamp(1 - below / _encoding.DynamicRange, 0, 1);
            }

            if (_encoding.Code == AudioCode.LevelCrossing)
            {
                AddCrossings(band, raster);
            }
            else
            {
                AddRate(band, raster);
            }
        }
    }

    private static float Decibels(float energy) => 10 * MathF.Log10(MathF.Max(energy, SilentEnergy));

    private void AddCrossings(int band, SpikeRaster raster)
    {
        for (int level = 0; level < _encoding.Levels; level++)
        {
            float threshold = (level + 1f) / (_encoding.Levels + 1f);
            int rising = (band * _encoding.Levels + level) * 2;
            AddCrossings(rising, threshold, isRising: true, raster);
            AddCrossings(rising + 1, threshold, isRising: false, raster);
        }
    }

    private void AddCrossings(int channel, float threshold, bool isRising, SpikeRaster raster)
    {
        bool wasAbove = false;
        for (int step = 0; step < _levels.Length; step++)
        {
            bool isAbove = _levels[step] >= threshold;
            if (isAbove != wasAbove && isAbove == isRising)
            {
                raster.Add(channel, step);
            }

            wasAbove = isAbove;
        }
    }

    private void AddRate(int band, SpikeRaster raster)
    {
        // In double precision, so that a level of 1 at one spike per step misses none.
        double perStep = (double)_encoding.MaximumRate * _encoding.TimeStep / 1000;
        double due = 0;
        for (int step = 0; step < _levels.Length; step++)
        {
            due += perStep * _levels[step];
            if (due >= 1 - 1e-9)
            {
                due -= 1;
                raster.Add(band, step);
            }
        }
    }
}
