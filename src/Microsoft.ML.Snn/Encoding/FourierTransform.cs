using System;
using System.Numerics;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>The discrete Fourier transform of a fixed length, a power of two.</summary>
/// <remarks>
/// X[k] = Σ x[n]·exp(-2πi·k·n/N), by splitting into even and odd positions: Cooley and Tukey, Math. Comput. 19:297 (1965).
/// It holds only constants, so that threads may share it.
/// </remarks>
internal sealed class FourierTransform
{
    private readonly Complex[] _roots;
    private readonly int[] _reversed;

    /// <param name="length">A power of two.</param>
    public FourierTransform(int length)
    {
        _roots = new Complex[length / 2];
        for (int k = 0; k < _roots.Length; k++)
        {
            (double sin, double cos) = Math.SinCos(-2 * Math.PI * k / length);
            _roots[k] = new Complex(cos, sin);
        }

        int bits = BitOperations.Log2((uint)length);
        _reversed = new int[length];
        for (int n = 1; n < length; n++)
        {
            _reversed[n] = (_reversed[n >> 1] >> 1) | ((n & 1) << (bits - 1));
        }
    }

    public int Length => _reversed.Length;

    /// <summary>Transforms in place.</summary>
    /// <param name="x">Shape [<see cref="Length"/>].</param>
    public void Transform(Span<Complex> x)
    {
        for (int n = 0; n < x.Length; n++)
        {
            if (n < _reversed[n])
            {
                (x[n], x[_reversed[n]]) = (x[_reversed[n]], x[n]);
            }
        }

        for (int half = 1; half < x.Length; half *= 2)
        {
            int rootStep = _roots.Length / half;
            for (int first = 0; first < x.Length; first += 2 * half)
            {
                Span<Complex> even = x.Slice(first, half);
                Span<Complex> odd = x.Slice(first + half, half);
                for (int k = 0; k < half; k++)
                {
                    Complex turned = odd[k] * _roots[k * rootStep];
                    (even[k], odd[k]) = (even[k] + turned, even[k] - turned);
                }
            }
        }
    }
}
