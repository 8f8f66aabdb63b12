using System;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Every spike moves by a random number of steps, and stays within the trial.</summary>
internal sealed record TimeJitter(double StandardDeviation) : Augmentation
{
    internal override void Apply(SpikeEdit spikes, int example, AugmentationSource source, ref CounterRandom random)
    {
        foreach (ref int step in spikes.Step)
        {
            step = (int)Math.Clamp(step + Math.Round(StandardDeviation * random.NextNormal()), 0, spikes.Steps - 1);
        }
    }
}
