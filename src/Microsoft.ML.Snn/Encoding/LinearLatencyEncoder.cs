using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns each feature into at most one spike: the larger the value, the earlier, in proportion.</summary>
/// <remarks>
/// step = round((1 - x) (stepCount - 1)), halves to the even step; a feature at or below the threshold stays silent.
/// Source: Thorpe, Delorme and Van Rullen, Neural Networks 14:715 (2001).
/// </remarks>
internal sealed class LinearLatencyEncoder : ISpikeEncoder
{
    private readonly float _threshold;
    private readonly float _lastStep;

    public LinearLatencyEncoder(int stepCount, float threshold)
    {
        StepCount = stepCount;
        _lastStep = stepCount - 1;
        _threshold = threshold;
    }

    public int StepCount { get; }

    public void Encode(in FeatureRow row, SpikeRaster raster)
    {
        for (int i = 0; i < row.StoredCount; i++)
        {
            float x = row.ValueOf(i);
            if (x > _threshold)
            {
                raster.Add(row.ChannelOf(i), (int)MathF.Round((1 - x) * _lastStep));
            }
        }
    }
}
