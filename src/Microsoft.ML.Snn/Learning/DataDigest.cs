using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Learning;

/// <summary>A short name for a data set that no other data set has.</summary>
internal static class DataDigest
{
    /// <summary>SHA-256 of every spike, target and weight, in order.</summary>
    public static string Of(TrainingData data)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        SpikeTrains trains = data.Trains;
        for (int example = 0; example < trains.Count; example++)
        {
            Add(digest, trains.SegmentEnds(example));
            Add(digest, trains.ChannelsOf(example));
            Add(digest, trains.ValuesOf(example));
        }

        for (int output = 0; output < Math.Max(1, data.Targets.OutputsWithOwn); output++)
        {
            Add(digest, data.Targets.Of(output).Classes);
            Add(digest, data.Targets.Of(output).Values);
        }

        Add<float>(digest, data.Weights);
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static void Add<T>(IncrementalHash digest, ReadOnlySpan<T> values)
        where T : unmanaged =>
        digest.AppendData(MemoryMarshal.AsBytes(values));
}
