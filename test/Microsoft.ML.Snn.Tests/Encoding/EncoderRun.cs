using System.Linq;
using Microsoft.ML.Snn.Encoding;

namespace Microsoft.ML.Snn.Tests.Encoding;

/// <summary>Runs one encoder on one example.</summary>
internal static class EncoderRun
{
    public static int[] Slots(ISpikeEncoder encoder, float[] features, int[]? channels = null, int? channelCount = null)
    {
        SpikeRaster raster = new();
        raster.Reset(encoder.StepCount, channelCount ?? features.Length);
        FeatureRange range = new("Features", OutOfRange.Error);
        encoder.Encode(new FeatureRow(features, channels ?? [], id: 0, range), raster);
        int[] slots = new int[raster.Count];
        raster.MoveSlotsTo(slots);
        return slots;
    }

    /// <summary>Returns the steps in which a single feature spikes.</summary>
    public static int[] Steps(ISpikeEncoder encoder, float feature) => Slots(encoder, [feature]);

    /// <summary>Returns the steps in which a channel spikes.</summary>
    public static int[] StepsOf(int[] slots, int channel, int channelCount) =>
        [.. slots.Where(slot => slot % channelCount == channel).Select(slot => slot / channelCount)];
}
