using System.Linq;
using Microsoft.ML.Snn.Encoding;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Encoding;

/// <summary>Runs one encoder on one example.</summary>
internal static class EncoderRun
{
    public static int[] Slots(ISpikeEncoder encoder, float[] features, int[]? channels = null, int? channelCount = null)
    {
        (int Slot, float Value)[] spikes = Spikes(encoder, features, channels, channelCount, signed: false);
        Assert.IsTrue(spikes.All(spike => spike.Value == 1));
        return [.. spikes.Select(spike => spike.Slot)];
    }

    /// <summary>Returns slot and value of every spike of features that may be negative.</summary>
    public static (int Slot, float Value)[] Spikes(
        ISpikeEncoder encoder, float[] features, int[]? channels = null, int? channelCount = null, bool signed = true)
    {
        SpikeRaster raster = new();
        raster.Reset(encoder.StepCount, channelCount ?? features.Length);
        FeatureRange range = new("Features", OutOfRange.Error, signed);
        encoder.Encode(new FeatureRow(features, channels ?? [], id: 0, range), raster);
        int[] slots = new int[raster.Count];
        float[] values = new float[raster.Count];
        raster.MoveTo(slots, values);
        return [.. slots.Zip(values)];
    }

    /// <summary>Returns the steps in which a single feature spikes.</summary>
    public static int[] Steps(ISpikeEncoder encoder, float feature) => Slots(encoder, [feature]);

    /// <summary>Returns the steps in which a channel spikes.</summary>
    public static int[] StepsOf(int[] slots, int channel, int channelCount) =>
        [.. slots.Where(slot => slot % channelCount == channel).Select(slot => slot / channelCount)];
}
