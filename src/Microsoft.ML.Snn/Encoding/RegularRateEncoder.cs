using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns each feature into spikes at equal distances.</summary>
/// <remarks>
/// With r spikes per step, r = spikesPerStep · x, the k-th spike falls into the step in which t r reaches k, so that
/// floor(r n) spikes have fallen after n steps. The steps are worked out from k, not summed up: a sum would drift.
/// Over the frames of a row the integral goes on; where it falls by 1 since the last spike, the spike is negative.
/// </remarks>
internal sealed class RegularRateEncoder : ISpikeEncoder
{
    /// <summary>
    /// Makes up for the rounding of the rate and of the feature, 2^-24 each: 0.7f is a little less than 0.7, and the
    /// spike that is due at the end of the tenth step must not wait for the eleventh.
    /// </summary>
    private const double RoundingAllowance = 1 + 2.5e-7;

    private readonly int _stepsPerFrame;
    private readonly double _spikesPerStep;

    // What each channel has gathered since its last spike, -1 to 1; of no meaning between two rows.
    private double[] _gathered = [];

    /// <param name="stepCount">The number of steps of a frame.</param>
    /// <param name="spikesPerStep">The spikes per step of a feature of 1; above 0, at most 1.</param>
    /// <param name="frames">The number of frames of a row, shown one after the other.</param>
    public RegularRateEncoder(int stepCount, double spikesPerStep, int frames = 1)
    {
        _stepsPerFrame = stepCount;
        StepCount = stepCount * frames;
        _spikesPerStep = spikesPerStep;
    }

    public int StepCount { get; }

    public void Encode(in FeatureRow row, SpikeRaster raster)
    {
        if (_gathered.Length != raster.ChannelCount)
        {
            _gathered = new double[raster.ChannelCount];
        }

        Array.Clear(_gathered);
        for (int i = 0; i < row.StoredCount; i++)
        {
            (int frame, int channel) = Math.DivRem(row.ChannelOf(i), raster.ChannelCount);
            float x = row.ValueOf(i);
            double rate = Math.Min(_spikesPerStep * Math.Abs(x) * RoundingAllowance, 1);

            // Seen in the direction of x, so that one rule does for both signs.
            double before = x < 0 ? -_gathered[channel] : _gathered[channel];
            double after = before + rate * _stepsPerFrame;
            int spikes = Math.Max(0, (int)Math.Floor(after));
            for (int k = 1; k <= spikes; k++)
            {
                // Rounding may carry a spike that is due exactly at the end beyond it.
                int step = Math.Min((int)Math.Ceiling((k - before) / rate), _stepsPerFrame) - 1;
                raster.Add(channel, frame * _stepsPerFrame + step, x < 0);
            }

            _gathered[channel] = x < 0 ? spikes - after : after - spikes;
        }
    }
}
