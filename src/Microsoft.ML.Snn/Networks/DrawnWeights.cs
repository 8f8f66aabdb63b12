using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Weights whose distribution is known without looking at the data.</summary>
internal abstract record DrawnWeights : Weights
{
    public abstract double Mean { get; }

    public abstract double StandardDeviation { get; }

    public abstract void Fill(Span<float> weights, RandomStream random);
}
