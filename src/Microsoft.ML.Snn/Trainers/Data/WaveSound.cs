namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>The sound of a WAV file.</summary>
/// <param name="Samples">The mean over the channels, full scale at 1.</param>
/// <param name="SampleRate">Samples per second.</param>
internal readonly record struct WaveSound(float[] Samples, int SampleRate);
