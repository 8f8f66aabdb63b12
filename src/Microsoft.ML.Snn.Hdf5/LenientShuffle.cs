using System;
using System.Collections.Generic;
using PureHDF.Filters;

namespace Microsoft.ML.Snn.Hdf5;

/// <summary>HDF5's shuffle filter, also where it was asked for and did nothing.</summary>
/// <remarks>
/// Elements of variable length cannot be shuffled. The HDF5 library then names the filter in the file, without its parameter, and
/// leaves the bytes as they are; the filter of PureHDF 2.2 fails on the missing parameter.
/// </remarks>
internal sealed class LenientShuffle : IH5Filter
{
    private readonly ShuffleFilter _shuffle = new();

    public ushort FilterId => ShuffleFilter.Id;

    public string Name => _shuffle.Name;

    public Memory<byte> Filter(FilterInfo info) => info.Parameters.Length == 0 ? info.Buffer : _shuffle.Filter(info);

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        _shuffle.GetParameters(chunkDimensions, typeSize, options);
}
