using System;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.Snn.Equations;

/// <summary>When a neuron that has just spiked spikes again if nothing arrives: a good first guess, read from a table.</summary>
/// <remarks>
/// All that matters is the current I, as the potential is the reset value. Where I is only just enough the crossing moves infinitely
/// fast with it, as the square root of what I is above the least: w = sqrt(1 - least/I) goes from 0 there to 1 for an endless
/// current, and the crossing is a smooth function of it. So straight lines between equal steps of w are good to 1e-5.
/// </remarks>
internal sealed class AgainTable
{
    private const int Intervals = 512;

    private readonly float[] _leaves = new float[Intervals + 2];
    private readonly float _least;

    /// <summary>Fills the table.</summary>
    /// <param name="membrane">How potential and current go on.</param>
    /// <param name="reset">Potential after a spike, below the threshold; where it is so low that no current leads back the table says nothing.</param>
    /// <param name="threshold">ϑ, above 0.</param>
    public AgainTable(in MembraneSegment membrane, double reset, double threshold)
    {
        Vector256<double> v = Vector256.Create(reset), level = Vector256.Create(threshold);
        (double low, double high) = (threshold, 2 * threshold);
        while (high < float.MaxValue && !Reaches(membrane, high))
        {
            high *= 2;
        }

        // To the last digit: below the least the table is not asked.
        for (double middle = 0.5 * (low + high); middle > low && middle < high; middle = 0.5 * (low + high))
        {
            (low, high) = Reaches(membrane, middle) ? (low, middle) : (middle, high);
        }

        _least = (float)high;
        for (int n = 0; n < Intervals; n += Vector256<double>.Count)
        {
            Vector256<double> w = (Vector256<double>.Indices + Vector256.Create((double)n)) * (1.0 / Intervals);
            membrane.Crossing(v, Vector256.Create(high) / (Vector256<double>.One - w * w), level, Vector256<double>.Zero, out SegmentDecays decays);
            for (int lane = 0; lane < Vector256<double>.Count; lane++)
            {
                _leaves[n + lane] = (float)decays.Membrane[lane];
            }
        }

        // An endless current, and what rounding may ask for behind it.
        (_leaves[Intervals], _leaves[Intervals + 1]) = (1, 1);

        bool Reaches(in MembraneSegment segment, double current) =>
            segment.PeakReaches<AnyPower>(v, Vector256.Create(current), level).ExtractMostSignificantBits() != 0;
    }

    /// <summary>What is left of the membrane at the next crossing, within 1e-5.</summary>
    /// <param name="current">I now, enough for a crossing.</param>
    public float Leaves(float current)
    {
        float w = MathF.Sqrt(MathF.Max(1 - _least / current, 0));
        float at = w * Intervals;
        int n = (int)at;
        return _leaves[n] + (at - n) * (_leaves[n + 1] - _leaves[n]);
    }
}
