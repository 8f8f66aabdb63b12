using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn;

/// <content>Further encoders, the decoders, and changes of spike trains.</content>
public sealed partial class SnnOperations
{
    /// <summary>Encodes each feature by several neurons, each of which prefers another value: the nearer, the earlier it spikes.</summary>
    /// <param name="outputColumnName">The new column: a spike train of T steps by N · <paramref name="units"/> channels.</param>
    /// <param name="inputColumnName">A vector of N Singles. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="timeSteps">The number T of steps of an example, 1 to 65536. The default is 20.</param>
    /// <param name="units">The number of neurons per feature, 3 to 1024. The default is 8.</param>
    /// <param name="minimum">The smallest value that the neurons cover. The default is 0.</param>
    /// <param name="maximum">The largest value that the neurons cover, above the minimum. The default is 1.</param>
    /// <param name="sharpness">The number of widths of a Gaussian between two centres, above 0. The default is 1.5.</param>
    /// <param name="threshold">The response, at least 0 and below 1, under which a neuron stays silent. The default is 0.1.</param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 1.</param>
    /// <param name="outOfRange">What to do with values outside the range. The default is an error.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    /// <remarks>Source: Bohte, Kok and La Poutré, Neurocomputing 48:17 (2002). See <see cref="PopulationEncoding"/> for the formula.</remarks>
    public SignalEstimator EncodePopulation(
        string outputColumnName, string? inputColumnName = null, int timeSteps = 20, int units = 8,
        float minimum = 0, float maximum = 1, float sharpness = 1.5f, float threshold = 0.1f, float timeStep = 1,
        OutOfRange outOfRange = OutOfRange.Error) =>
        new(_env, new PopulationEncoding
        {
            Units = units,
            Minimum = minimum,
            Maximum = maximum,
            Sharpness = sharpness,
            Threshold = threshold,
            TimeSteps = timeSteps,
            TimeStep = timeStep,
            OutOfRange = outOfRange,
        }, outputColumnName, inputColumnName);

    /// <summary>Encodes the changes of a time series: a spike whenever a value has moved by a threshold since the last one.</summary>
    /// <param name="outputColumnName">The new column: a spike train of T steps by 2 N channels, up and down for each value.</param>
    /// <param name="inputColumnName">A vector of T · N Singles, step after step. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="threshold">The change that sends a spike, above 0. The default is 0.1.</param>
    /// <param name="channels">The number N of values per step; by default the second dimension of the column, or 1 where it has none.</param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 1.</param>
    /// <param name="startsAtZero">Whether the first value is encoded too, as a change from 0. The default is false.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator EncodeDelta(
        string outputColumnName, string? inputColumnName = null, float threshold = 0.1f, int? channels = null,
        float timeStep = 1, bool startsAtZero = false) =>
        new(_env, new DeltaEncoding
        {
            Threshold = threshold,
            Channels = channels,
            TimeStep = timeStep,
            StartsAtZero = startsAtZero,
        }, outputColumnName, inputColumnName);

    /// <summary>Encodes each value that is above a threshold as a spike in every step, and no other.</summary>
    /// <param name="outputColumnName">The new column: a spike train of F · <paramref name="timeSteps"/> steps by N channels.</param>
    /// <param name="inputColumnName">A vector of F · N Singles, frame after frame. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="timeSteps">The number of steps of an example, or of a frame, 1 to 65536. The default is 20.</param>
    /// <param name="threshold">What a value has to exceed, 0 or more. The default is 0.</param>
    /// <param name="signed">Whether values below minus the threshold spike as well, with the value -1. The default is false.</param>
    /// <param name="frames">The number F of frames that follow each other in a row, 1 to 65536. The default is 1.</param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 1.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator EncodeBinary(
        string outputColumnName, string? inputColumnName = null, int timeSteps = 20, float threshold = 0, bool signed = false,
        int frames = 1, float timeStep = 1) =>
        new(_env, new BinaryEncoding { Threshold = threshold, Signed = signed, TimeSteps = timeSteps, Frames = frames, TimeStep = timeStep },
            outputColumnName, inputColumnName);

    /// <summary>Presents a sequence of frames as currents: each frame for some steps, one after the other.</summary>
    /// <param name="outputColumnName">The new column: a spike train of F · <paramref name="stepsPerFrame"/> steps by N channels, whose values are the currents.</param>
    /// <param name="inputColumnName">A vector of F · N Singles, frame after frame. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="stepsPerFrame">The number of steps for which a frame is shown, 1 to 65536. The default is 1.</param>
    /// <param name="channels">The number N of values per frame; by default the second dimension of the column, or 1 where it has none.</param>
    /// <param name="timeStep">The length of a step in milliseconds, above 0. The default is 1.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator EncodeFrames(
        string outputColumnName, string? inputColumnName = null, int stepsPerFrame = 1, int? channels = null, float timeStep = 1) =>
        new(_env, new FrameEncoding { StepsPerFrame = stepsPerFrame, Channels = channels, TimeStep = timeStep },
            outputColumnName, inputColumnName);

    /// <summary>Counts the spikes of each channel.</summary>
    /// <param name="outputColumnName">The new column: a vector with one count per channel.</param>
    /// <param name="inputColumnName">A spike train. The default is <paramref name="outputColumnName"/>.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    public SignalEstimator DecodeSpikeCount(string outputColumnName, string? inputColumnName = null) =>
        new(_env, new SpikeCountDecoding(), outputColumnName, inputColumnName);

    /// <summary>Works out the mean rate of each channel in hertz.</summary>
    /// <param name="outputColumnName">The new column: a vector with one rate per channel.</param>
    /// <param name="inputColumnName">A spike train. The default is <paramref name="outputColumnName"/>.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    public SignalEstimator DecodeRate(string outputColumnName, string? inputColumnName = null) =>
        new(_env, new SpikeCountDecoding { AsRate = true }, outputColumnName, inputColumnName);

    /// <summary>Finds the time of the first spike of each channel in milliseconds; a silent channel has the length of the trial.</summary>
    /// <param name="outputColumnName">The new column: a vector with one time per channel.</param>
    /// <param name="inputColumnName">A spike train. The default is <paramref name="outputColumnName"/>.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    public SignalEstimator DecodeFirstSpike(string outputColumnName, string? inputColumnName = null) =>
        new(_env, new FirstSpikeDecoding(), outputColumnName, inputColumnName);

    /// <summary>Filters each channel with an exponential and takes samples of the result.</summary>
    /// <param name="outputColumnName">The new column: a vector of <paramref name="samples"/> · N values, sample after sample.</param>
    /// <param name="inputColumnName">A spike train. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="traceTime">The time constant in milliseconds, above 0. The default is 20.</param>
    /// <param name="samples">The number of samples at equal distances, 1 to the number of steps; the last one is at the end. The default is 1.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator DecodeTrace(
        string outputColumnName, string? inputColumnName = null, float traceTime = 20, int samples = 1) =>
        new(_env, new TraceDecoding { TraceTime = traceTime, Samples = samples }, outputColumnName, inputColumnName);

    /// <summary>Gives back the time series that <see cref="EncodeDelta"/> encoded, to within one threshold.</summary>
    /// <param name="outputColumnName">The new column: a matrix of steps by values.</param>
    /// <param name="inputColumnName">A spike train that <see cref="EncodeDelta"/> made. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="threshold">The threshold of the encoder, above 0. The default is 0.1.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">The threshold is not above 0.</exception>
    public SignalEstimator DecodeDelta(string outputColumnName, string? inputColumnName = null, float threshold = 0.1f) =>
        new(_env, new DeltaDecoding { Threshold = threshold }, outputColumnName, inputColumnName);

    /// <summary>Gives back the features that <see cref="EncodeLatency"/> encoded, to within one step; silent channels become 0.</summary>
    /// <param name="outputColumnName">The new column: a vector with one value per channel, that of a bias included.</param>
    /// <param name="inputColumnName">A spike train that <see cref="EncodeLatency"/> made. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="scale">The scale of the encoder.</param>
    /// <param name="threshold">The threshold of a logarithmic encoder, above 0 and below 1.</param>
    /// <param name="latencyTime">The time constant of a logarithmic encoder in milliseconds, above 0.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator DecodeLatency(
        string outputColumnName, string? inputColumnName = null, LatencyScale scale = LatencyScale.Linear,
        float threshold = LatencyEncodingEstimator.Defaults.LogarithmicThreshold,
        float latencyTime = LatencyEncodingEstimator.Defaults.LatencyTime) =>
        new(_env, new LatencyDecoding { Scale = scale, Threshold = threshold, LatencyTime = latencyTime },
            outputColumnName, inputColumnName);

    /// <summary>Keeps a window of each spike train.</summary>
    /// <param name="outputColumnName">The new column: a spike train of <paramref name="timeSteps"/> steps.</param>
    /// <param name="timeSteps">How many steps are kept, 1 to 65536; a window that ends after the spike train is filled up with silence.</param>
    /// <param name="firstStep">The first step that is kept, 0 to 65535. The default is 0.</param>
    /// <param name="inputColumnName">A spike train. The default is <paramref name="outputColumnName"/>.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator CropSpikes(
        string outputColumnName, int timeSteps, int firstStep = 0, string? inputColumnName = null) =>
        new(_env, new SpikeCropping { FirstStep = firstStep, TimeSteps = timeSteps }, outputColumnName, inputColumnName);

    /// <summary>Gives every channel copies of itself that are later and later: the network sees the recent past beside the present.</summary>
    /// <remarks>
    /// Copy k of channel c is channel k · N + c. Put it before the trainer: it is part of the pipeline, so that what is scored is
    /// changed as what was trained on. Follow it with <see cref="CropSpikes"/> to keep the trial as long as it was.
    /// </remarks>
    /// <param name="outputColumnName">The new column: a spike train of <paramref name="copies"/> · N channels, longer by (copies - 1) delays.</param>
    /// <param name="inputColumnName">A spike train. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="copies">The number of copies of each channel, the one without delay included, 2 to 1024. The default is 10.</param>
    /// <param name="delay">How much later each copy is than the one before, in milliseconds, above 0; rounded to whole steps. The default is 30.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator DelayLine(string outputColumnName, string? inputColumnName = null, int copies = 10, float delay = 30) =>
        new(_env, new DelayLine { Copies = copies, Delay = delay }, outputColumnName, inputColumnName);

    /// <summary>Makes a noisy copy of each spike train: spikes are lost, moved in time, or moved together to other channels.</summary>
    /// <remarks>
    /// The noise of a row is the same whenever it is read. Append it before the trainer to test how robust a model is, or
    /// to append noisy copies to a data set.
    /// </remarks>
    /// <param name="outputColumnName">The new column: a spike train of the same shape.</param>
    /// <param name="inputColumnName">A spike train. The default is <paramref name="outputColumnName"/>.</param>
    /// <param name="dropProbability">The probability that a spike is lost, 0 to 1. The default is 0.</param>
    /// <param name="jitterTime">The standard deviation of the time in milliseconds that each spike is moved by, 0 or more. The default is 0.</param>
    /// <param name="maximumShift">By how many channels all spikes of a row are shifted at most, 0 or more. The default is 0.</param>
    /// <param name="seed">The seed. The default is the seed of the <see cref="MLContext"/>, or 0 if that has none.</param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SignalEstimator AddSpikeNoise(
        string outputColumnName, string? inputColumnName = null, float dropProbability = 0, float jitterTime = 0,
        int maximumShift = 0, int? seed = null) =>
        new(_env, new SpikeNoise
        {
            DropProbability = dropProbability,
            JitterTime = jitterTime,
            MaximumShift = maximumShift,
            Seed = seed ?? ((IHostEnvironmentInternal)_env).Seed ?? 0,
        }, outputColumnName, inputColumnName);
}
