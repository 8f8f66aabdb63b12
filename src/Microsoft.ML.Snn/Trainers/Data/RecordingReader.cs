using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Reads a recording as the vector of its row.</summary>
/// <param name="recording">The recording.</param>
/// <param name="value">Receives the vector; its memory is used again.</param>
internal delegate void RecordingReader(Recording recording, ref VBuffer<float> value);
