using System;
using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML.Snn;

public sealed partial class SnnOperations
{
    /// <summary>Encodes sound as spike trains: a bank of filters, and spikes for the level of each band over time.</summary>
    /// <param name="outputColumnName">The new column: a sparse Vector&lt;Single, T, N&gt;, time-major.</param>
    /// <param name="inputColumnName">
    /// A vector of Single with samples, as <see cref="LoadAudioFolder"/> gives it, or Text with the path of a WAV file. The
    /// default is <paramref name="outputColumnName"/>.
    /// </param>
    /// <param name="encoding">The filters, the steps and the code. The default is that of <see cref="AudioEncoding"/>.</param>
    /// <param name="sampleRate">
    /// The samples per second of a column that does not bring its own rate, above 0 and at most a million. The default of null
    /// takes the rate of the column.
    /// </param>
    /// <returns>The estimator, to append to a pipeline.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside the range given above or in <see cref="AudioEncoding"/>.</exception>
    /// <example>
    /// <code>
    /// IDataView train = mlContext.Snn().LoadSpokenDigits("recordings", DataSplit.Train);
    /// var pipeline = mlContext.Snn().EncodeAudio("Spikes", "Samples")
    ///     .Append(mlContext.Snn().Train(featureColumnName: "Spikes"));
    /// </code>
    /// </example>
    public AudioEncodingEstimator EncodeAudio(
        string outputColumnName,
        string? inputColumnName = null,
        AudioEncoding? encoding = null,
        float? sampleRate = null)
    {
        encoding ??= new();
        encoding.Validate();
        Require.InRange(
            sampleRate ?? 1, float.Epsilon, WaveFile.MaximumSampleRate, "It is a rate in hertz, for example 16000.", nameof(sampleRate));
        return new AudioEncodingEstimator(_env, encoding, sampleRate, outputColumnName, inputColumnName ?? outputColumnName);
    }
}
