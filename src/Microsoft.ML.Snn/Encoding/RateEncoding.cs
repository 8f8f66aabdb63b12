namespace Microsoft.ML.Snn;

/// <summary>How a rate encoder places the spikes of a feature in time.</summary>
public enum RateEncoding
{
    /// <summary>At random and independent of each other: each step spikes with probability 1 - exp(-rate · x · Δt).</summary>
    Poisson = 0,

    /// <summary>At equal distances: the k-th spike falls into the step in which the integral of rate · x reaches k.</summary>
    Regular = 1,
}
