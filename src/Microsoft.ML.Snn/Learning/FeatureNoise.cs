using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Every feature of a plain vector, those of 0 included, is given a normal random number on top.</summary>
internal sealed record FeatureNoise(double StandardDeviation) : Augmentation
{
    internal override bool IsForCurrents => true;

    internal override void Apply(SpikeEdit spikes, int example, AugmentationSource source, ref CounterRandom random)
    {
        // Features of 0 are not stored; those that are come in the order of the channels.
        int stored = spikes.Count;
        for (int channel = 0, next = 0; channel < spikes.Channels; channel++)
        {
            float noise = (float)(StandardDeviation * random.NextNormal());
            if (next < stored && spikes.Channel[next] == channel)
            {
                spikes.Value[next++] += noise;
            }
            else
            {
                spikes.Add(0, channel, noise);
            }
        }
    }
}
