using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns each feature into spikes at equal distances.</summary>
/// <remarks>
/// With r spikes per step, r = spikesPerStep · x, the k-th spike falls into the step in which t r reaches k, so that
/// floor(r n) spikes have fallen after n steps. The steps are worked out from k, not summed up: a sum would drift.
/// </remarks>
internal sealed class RegularRateEncoder : ISpikeEncoder
{
    /// <summary>A spike that is due by this fraction is due: 0.7f is a little less than 0.7.</summary>
    private const double Tolerance = 1e-6;

    private readonly double _spikesPerStep;

    /// <param name="stepCount">The number of steps.</param>
    /// <param name="spikesPerStep">The spikes per step of a feature of 1; above 0, at most 1.</param>
    public RegularRateEncoder(int stepCount, double spikesPerStep)
    {
        StepCount = stepCount;
        _spikesPerStep = spikesPerStep;
    }

    public int StepCount { get; }

    public void Encode(FeatureRow row, SpikeRaster raster)
    {
        for (int i = 0; i < row.StoredCount; i++)
        {
            double rate = _spikesPerStep * row.ValueOf(i);
            int spikes = (int)Math.Floor(rate * StepCount + Tolerance);
            for (int k = 1; k <= spikes; k++)
            {
                // Rounding may carry a spike that is due exactly at the end beyond it.
                int step = Math.Min((int)Math.Ceiling((k - Tolerance) / rate), StepCount) - 1;
                raster.Add(row.ChannelOf(i), step);
            }
        }
    }
}
