using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Encodes each feature as at most one spike: the larger the feature, the earlier the spike.</summary>
/// <remarks><inheritdoc cref="SpikeEncodingTransformer" path="/remarks/node()"/></remarks>
public sealed class LatencyEncodingEstimator : SpikeEncodingEstimator<LatencyEncodingTransformer>
{
    internal LatencyEncodingEstimator(
        IHostEnvironment env, SpikeTiming timing, LatencyScale scale, float threshold, float latencyTime, bool bias,
        string outputColumnName, string inputColumnName)
        : base(env, nameof(LatencyEncodingEstimator), new LatencyEncodingTransformer(
            env, timing, scale, threshold, latencyTime, bias, (outputColumnName, inputColumnName)))
    {
    }

    /// <summary>One place for defaults.</summary>
    internal static class Defaults
    {
        public const int TimeSteps = 20;
        public const float TimeStep = 1;
        public const float LogarithmicThreshold = 0.2f;
        public const float LatencyTime = 20;
    }
}
