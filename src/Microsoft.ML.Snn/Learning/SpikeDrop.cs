using System;
using System.Buffers;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Every spike goes with the same probability.</summary>
internal sealed record SpikeDrop(double Probability) : Augmentation
{
    internal override void Apply(SpikeEdit spikes, int example, AugmentationSource source, ref CounterRandom random) =>
        Drop(spikes, Probability, ref random);

    internal static void Drop(SpikeEdit spikes, double probability, ref CounterRandom random)
    {
        bool[] keeps = ArrayPool<bool>.Shared.Rent(spikes.Count);
        for (int n = 0; n < spikes.Count; n++)
        {
            keeps[n] = random.NextUniform() > probability;
        }

        spikes.Keep(keeps.AsSpan(0, spikes.Count));
        ArrayPool<bool>.Shared.Return(keeps);
    }
}
