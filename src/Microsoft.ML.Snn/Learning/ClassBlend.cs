using System;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Half of the spikes of two examples of one class, with their centres laid over each other.</summary>
internal sealed record ClassBlend(double Probability) : Augmentation
{
    internal override bool NeedsClasses => true;

    internal override void Apply(SpikeEdit spikes, int example, AugmentationSource source, ref CounterRandom random)
    {
        if (random.NextUniform() > Probability)
        {
            return;
        }

        ReadOnlySpan<int> others = source.SameClass(example);
        SpikeEdit partner = source.Partner;
        partner.Load(source.Trains, others[random.NextInt32(others.Length)]);
        if (spikes.Count == 0 || partner.Count == 0)
        {
            return;
        }

        int steps = (int)Math.Round(Mean(spikes.Step) - Mean(partner.Step));
        int channels = (int)Math.Round(Mean(spikes.Channel) - Mean(partner.Channel));
        SpikeDrop.Drop(spikes, 0.5, ref random);
        SpikeDrop.Drop(partner, 0.5, ref random);
        for (int n = 0; n < partner.Count; n++)
        {
            spikes.Add(partner.Step[n] + steps, partner.Channel[n] + channels, partner.Value[n]);
        }
    }

    private static double Mean(ReadOnlySpan<int> values)
    {
        long sum = 0;
        foreach (int value in values)
        {
            sum += value;
        }

        return (double)sum / values.Length;
    }
}
