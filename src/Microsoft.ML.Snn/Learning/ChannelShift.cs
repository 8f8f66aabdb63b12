using System;
using System.Buffers;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>All spikes move by one random number of channels.</summary>
internal sealed record ChannelShift(int Maximum) : Augmentation
{
    internal override void Apply(SpikeEdit spikes, int example, AugmentationSource source, ref CounterRandom random)
    {
        int shift = random.NextInt32(2 * Maximum + 1) - Maximum;
        bool[] keeps = ArrayPool<bool>.Shared.Rent(spikes.Count);
        Span<int> channel = spikes.Channel;
        for (int n = 0; n < channel.Length; n++)
        {
            channel[n] += shift;
            keeps[n] = (uint)channel[n] < (uint)spikes.Channels;
        }

        spikes.Keep(keeps.AsSpan(0, channel.Length));
        ArrayPool<bool>.Shared.Return(keeps);
    }
}
