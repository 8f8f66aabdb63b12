using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Spike encoders, trainers and data loaders: <c>mlContext.Snn()</c>.</summary>
public sealed partial class SnnOperations : IInternalCatalog
{
    private readonly IHostEnvironment _env;

    internal SnnOperations(IHostEnvironment env) => _env = env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    /// <summary>The environment of the context, for the packages beside this one.</summary>
    internal IHostEnvironment Environment => _env;

    /// <summary>Encodes each feature as at most one spike: the larger the feature, the earlier the spike.</summary>
    /// <param name="outputColumnName">The new column: a sparse Vector&lt;Single, T, N&gt;, time-major.</param>
    /// <param name="inputColumnName">
    /// A vector of N Singles from 0 to 1, dense or sparse. The default is <paramref name="outputColumnName"/>.
    /// </param>
    /// <param name="timeSteps">The number T of steps of an example, 1 to 65536. The default is 20.</param>
    /// <param name="scale">How a value becomes a time. The default is <see cref="LatencyScale.Linear"/>.</param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 1.</param>
    /// <param name="threshold">
    /// Features at or below it stay silent; below 1. Linear: 0 or more, and the default is 0. Logarithmic: above 0, it
    /// is the ϑ of the formula, and the default is 0.2.
    /// </param>
    /// <param name="latencyTime">
    /// The time constant τ of the logarithmic scale in milliseconds, above 0; the linear one does not use it. The
    /// default is 20: features above 0.33 then spike within 20 ms.
    /// </param>
    /// <param name="outOfRange">What to do with features below 0 or above 1. The default is an error.</param>
    /// <param name="bias">
    /// Whether one channel is appended that spikes at step 0 of every example: the output is then Vector&lt;Single, T,
    /// N + 1&gt;. With few features it gives every neuron a time to measure the others from. The default is false.
    /// </param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.NormalizeMinMax("Features", fixZero: false)
    ///     .Append(mlContext.Snn().EncodeLatency("Spikes", "Features", timeSteps: 20));
    /// </code>
    /// </example>
    public LatencyEncodingEstimator EncodeLatency(
        string outputColumnName,
        string? inputColumnName = null,
        int timeSteps = LatencyEncodingEstimator.Defaults.TimeSteps,
        LatencyScale scale = LatencyScale.Linear,
        float timeStep = LatencyEncodingEstimator.Defaults.TimeStep,
        float? threshold = null,
        float latencyTime = LatencyEncodingEstimator.Defaults.LatencyTime,
        OutOfRange outOfRange = OutOfRange.Error,
        bool bias = false)
    {
        SpikeTiming timing = SpikeTiming.FromArguments(timeSteps, timeStep, outOfRange);
        Require.Defined(scale, "Use LatencyScale.Linear or LatencyScale.Logarithmic.");
        Require.Positive(latencyTime, "It is a time constant in milliseconds, for example 20.");

        bool isLinear = scale == LatencyScale.Linear;
        float silentUpTo = threshold ?? (isLinear ? 0 : LatencyEncodingEstimator.Defaults.LogarithmicThreshold);
        Require.InRange(silentUpTo, isLinear ? 0 : float.Epsilon, float.BitDecrement(1),
            isLinear ? "Use 0 to silence only features of 0." : "Use 0.2, or less to let smaller features spike.",
            nameof(threshold));

        return new LatencyEncodingEstimator(
            _env, timing, scale, silentUpTo, latencyTime, bias, outputColumnName, inputColumnName ?? outputColumnName);
    }

    /// <summary>Encodes each feature as a spike train: the larger the feature, the more spikes.</summary>
    /// <remarks>
    /// Poisson spikes depend on the seed and on the features of the row, not on where the row stands: they are the same
    /// in every epoch, in a shuffled or cached view and in a prediction engine, and equal rows have equal spikes.
    /// <see cref="EncodeBinary"/> has a spike in every step, and <see cref="EncodeFrames"/> a current.
    /// </remarks>
    /// <param name="outputColumnName">The new column: a sparse Vector&lt;Single, T, N&gt;, time-major.</param>
    /// <param name="inputColumnName">
    /// A vector of N Singles from 0 to 1, or from -1 to 1 if <paramref name="signed"/>, dense or sparse. The default is <paramref name="outputColumnName"/>.
    /// </param>
    /// <param name="timeSteps">The number T of steps of an example, or of a frame, 1 to 65536. The default is 20.</param>
    /// <param name="kind">How the spikes are placed. The default is <see cref="RateEncoding.Poisson"/>.</param>
    /// <param name="maximumRate">
    /// The rate of a feature of 1, in hertz, above 0; the rate of a feature x is x times that. The default is 200: about
    /// four spikes in 20 ms. Regular spikes: at most one per step, 1000 Hz for steps of 1 ms.
    /// </param>
    /// <param name="seed">
    /// The seed of Poisson spikes. The default is the seed of the <see cref="MLContext"/>, or 0 if that has none.
    /// </param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 1.</param>
    /// <param name="outOfRange">What to do with features outside their range. The default is an error.</param>
    /// <param name="signed">
    /// Whether features may be negative: such a feature spikes as often as its absolute value, and its spikes have the value -1, which a
    /// synapse multiplies by its weight. The default is false.
    /// </param>
    /// <param name="frames">
    /// The number F of frames that follow each other in a row, 1 to 65536: a vector of F · N features becomes a spike train of F · T steps by
    /// N channels, T steps for each frame. The default is 1.
    /// </param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public RateEncodingEstimator EncodeRate(
        string outputColumnName,
        string? inputColumnName = null,
        int timeSteps = RateEncodingEstimator.Defaults.TimeSteps,
        RateEncoding kind = RateEncoding.Poisson,
        float maximumRate = RateEncodingEstimator.Defaults.MaximumRate,
        int? seed = null,
        float timeStep = RateEncodingEstimator.Defaults.TimeStep,
        OutOfRange outOfRange = OutOfRange.Error,
        bool signed = false,
        int frames = 1)
    {
        SpikeTiming timing = SpikeTiming.FromArguments(timeSteps, timeStep, outOfRange);
        Require.Defined(kind, "Use RateEncoding.Poisson or RateEncoding.Regular.");
        Require.InRange(frames, 1, SpikeTiming.MaximumTimeSteps, "Use the number of frames that follow each other in a row; 1 if there are none.");
        Require.Positive(maximumRate, "It is a rate in hertz, for example 200.");
        if (kind == RateEncoding.Regular && RateEncodingTransformer.SpikesPerStepOf(maximumRate, timeStep) > 1)
        {
            Require.InRange(maximumRate, 0, 1000.0 / timeStep,
                "Regular spikes come at most once per step: lower it, or use shorter steps.");
        }

        return new RateEncodingEstimator(
            _env, timing, kind, maximumRate, seed ?? ((IHostEnvironmentInternal)_env).Seed ?? 0, signed, frames,
            outputColumnName, inputColumnName ?? outputColumnName);
    }
}
