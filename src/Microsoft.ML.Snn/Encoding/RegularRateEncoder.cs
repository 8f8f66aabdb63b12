using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns each feature into spikes at equal distances.</summary>
/// <remarks>
/// With r spikes per step, r = spikesPerStep · x, the k-th spike falls into the step in which t r reaches k, so that
/// floor(r n) spikes have fallen after n steps. The steps are worked out from k, not summed up: a sum would drift.
/// </remarks>
internal sealed class RegularRateEncoder : ISpikeEncoder
{
    /// <summary>
    /// Makes up for the rounding of the rate and of the feature, 2^-24 each: 0.7f is a little less than 0.7, and the
    /// spike that is due at the end of the tenth step must not wait for the eleventh.
    /// </summary>
    private const double RoundingAllowance = 1 + 2.5e-7;

    private readonly double _spikesPerStep;

    /// <param name="stepCount">The number of steps.</param>
    /// <param name="spikesPerStep">The spikes per step of a feature of 1; above 0, at most 1.</param>
    public RegularRateEncoder(int stepCount, double spikesPerStep)
    {
        StepCount = stepCount;
        _spikesPerStep = spikesPerStep;
    }

    public int StepCount { get; }

    public void Encode(in FeatureRow row, SpikeRaster raster)
    {
        for (int i = 0; i < row.StoredCount; i++)
        {
            double rate = Math.Min(_spikesPerStep * row.ValueOf(i) * RoundingAllowance, 1);
            int spikes = (int)Math.Floor(rate * StepCount);
            for (int k = 1; k <= spikes; k++)
            {
                // Rounding may carry a spike that is due exactly at the end beyond it.
                int step = Math.Min((int)Math.Ceiling(k / rate), StepCount) - 1;
                raster.Add(row.ChannelOf(i), step);
            }
        }
    }
}
