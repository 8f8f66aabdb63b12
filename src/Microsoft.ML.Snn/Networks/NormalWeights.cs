using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Weights from a normal distribution.</summary>
internal sealed record NormalWeights(double Mean, double StandardDeviation) : DrawnWeights
{
    public override double Mean { get; } = Mean;

    public override double StandardDeviation { get; } = StandardDeviation;

    public override void Fill(Span<float> weights, RandomStream random)
    {
        foreach (ref float weight in weights)
        {
            weight = (float)(Mean + StandardDeviation * random.NextNormal());
        }
    }
}
