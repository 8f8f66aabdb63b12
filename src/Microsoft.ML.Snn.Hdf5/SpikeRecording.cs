using Microsoft.ML.Snn.Trainers.Data;

namespace Microsoft.ML.Snn.Hdf5;

/// <summary>An example of an HDF5 file.</summary>
/// <param name="Label">The number of its class from 1.</param>
/// <param name="Name">The path of the file and the number of the example.</param>
/// <param name="Index">Its number, from 0.</param>
internal sealed record SpikeRecording(uint Label, string Name, int Index) : Recording(Label, Name, () => []);
