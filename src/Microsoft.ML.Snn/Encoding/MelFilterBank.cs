using System;
using System.Numerics;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>The energies of frequency bands over time, for sound of one sample rate.</summary>
/// <remarks>
/// See <see cref="AudioEncoding"/> for the formulas. A window is weighted with Hann's w and scaled such that the powers of all
/// bins add up to Σ(w·x)² / Σw²: the mean power of the sound. One thread at a time.
/// </remarks>
internal sealed class MelFilterBank
{
    private readonly double _samplesPerStep;
    private readonly double[] _window;
    private readonly FourierTransform _transform;
    private readonly Complex[] _spectrum;
    private readonly double _scale;
    private readonly int _firstBin;

    // The triangles: a bin belongs to a band and, with the rest of its weight, to the band above.
    private readonly int[] _bandBelow;
    private readonly double[] _weightAbove;
    private readonly int _bands;

    /// <param name="encoding">The settings; they were validated.</param>
    /// <param name="sampleRate">Samples per second, at least twice the highest frequency.</param>
    public MelFilterBank(AudioEncoding encoding, double sampleRate)
    {
        _bands = encoding.Bands;
        _samplesPerStep = sampleRate * encoding.TimeStep / 1000;
        _window = new double[Math.Max(2, (int)Math.Round(sampleRate * encoding.WindowTime / 1000))];
        double squares = 0;
        for (int n = 0; n < _window.Length; n++)
        {
            double sine = Math.Sin(Math.PI * (n + 0.5) / _window.Length);
            _window[n] = sine * sine;
            squares += _window[n] * _window[n];
        }

        // Twice the window: the low mel bands are narrower than the bins of the window itself.
        _transform = new FourierTransform((int)BitOperations.RoundUpToPowerOf2((uint)(2 * _window.Length)));
        _spectrum = new Complex[_transform.Length];
        _scale = 2 / (_transform.Length * squares);

        double low = Mel(encoding.LowestFrequency);
        double width = (Mel(encoding.HighestFrequency) - low) / (_bands + 1);
        double hertzPerBin = sampleRate / _transform.Length;
        _firstBin = Math.Max(1, (int)Math.Ceiling(encoding.LowestFrequency / hertzPerBin));
        int lastBin = Math.Min(_transform.Length / 2 - 1, (int)Math.Floor(encoding.HighestFrequency / hertzPerBin));
        int bins = Math.Max(0, lastBin - _firstBin + 1);
        _bandBelow = new int[bins];
        _weightAbove = new double[bins];
        for (int bin = 0; bin < bins; bin++)
        {
            double position = Math.Clamp((Mel((_firstBin + bin) * hertzPerBin) - low) / width, 0, _bands + 1);
            _bandBelow[bin] = Math.Min((int)position, _bands) - 1;
            _weightAbove[bin] = position - (_bandBelow[bin] + 1);
        }
    }

    /// <summary>Computes the energies of one step: of the window that ends with the step.</summary>
    /// <param name="samples">The whole sound; before and after it is silence.</param>
    /// <param name="step">The step.</param>
    /// <param name="energies">Receives the mean power of each band, shape [band].</param>
    public void Compute(ReadOnlySpan<float> samples, int step, Span<float> energies)
    {
        energies.Clear();
        long first = (long)Math.Round((step + 1) * _samplesPerStep) - _window.Length;
        if (first >= samples.Length)
        {
            return;
        }

        Array.Clear(_spectrum);
        int begin = (int)Math.Max(0, -first);
        int end = (int)Math.Min(_window.Length, samples.Length - first);
        for (int n = begin; n < end; n++)
        {
            _spectrum[n] = samples[(int)(first + n)] * _window[n];
        }

        _transform.Transform(_spectrum);
        for (int bin = 0; bin < _bandBelow.Length; bin++)
        {
            Complex x = _spectrum[_firstBin + bin];
            double power = _scale * (x.Real * x.Real + x.Imaginary * x.Imaginary);
            int below = _bandBelow[bin];
            if (below >= 0)
            {
                energies[below] += (float)(power * (1 - _weightAbove[bin]));
            }

            if (below + 1 < _bands)
            {
                energies[below + 1] += (float)(power * _weightAbove[bin]);
            }
        }
    }

    private static double Mel(double frequency) => 2595 * Math.Log10(1 + frequency / 700);
}
