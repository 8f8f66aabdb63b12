using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Encodes each feature as a spike train: the larger the feature, the more spikes.</summary>
/// <remarks><inheritdoc cref="SpikeEncodingTransformer" path="/remarks/node()"/></remarks>
public sealed class RateEncodingEstimator : SpikeEncodingEstimator<RateEncodingTransformer>
{
    internal RateEncodingEstimator(
        IHostEnvironment env, SpikeTiming timing, RateEncoding kind, float maximumRate, int seed, bool signed, int frames,
        string outputColumnName, string inputColumnName)
        : base(env, nameof(RateEncodingEstimator), new RateEncodingTransformer(
            env, timing, kind, maximumRate, seed, signed, frames, (outputColumnName, inputColumnName)))
    {
    }

    /// <summary>One place for defaults.</summary>
    internal static class Defaults
    {
        public const int TimeSteps = 20;
        public const float TimeStep = 1;
        public const float MaximumRate = 200;
    }
}
