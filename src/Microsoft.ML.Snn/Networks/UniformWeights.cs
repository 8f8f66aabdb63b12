using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Weights from a uniform distribution.</summary>
internal sealed record UniformWeights(double Minimum, double Maximum) : DrawnWeights
{
    public override double Mean => (Minimum + Maximum) / 2;

    public override double StandardDeviation => (Maximum - Minimum) / Math.Sqrt(12);

    public override void Fill(Span<float> weights, RandomStream random)
    {
        foreach (ref float weight in weights)
        {
            weight = (float)(Minimum + (Maximum - Minimum) * random.NextDouble());
        }
    }
}
