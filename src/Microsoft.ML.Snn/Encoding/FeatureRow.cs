using System;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>The features of one example, dense or sparse; what is not stored is 0.</summary>
internal readonly ref struct FeatureRow
{
    private readonly ReadOnlySpan<float> _values;
    private readonly ReadOnlySpan<int> _channels;
    private readonly UInt128 _id;
    private readonly FeatureRange _range;

    /// <param name="values">The stored features.</param>
    /// <param name="channels">The channel of each stored feature, ascending; empty when all are stored.</param>
    /// <param name="id">Names the row in messages.</param>
    /// <param name="range">The range that every feature is held to.</param>
    public FeatureRow(ReadOnlySpan<float> values, ReadOnlySpan<int> channels, UInt128 id, FeatureRange range)
    {
        _values = values;
        _channels = channels;
        _id = id;
        _range = range;
    }

    /// <summary>Gets the number of stored features.</summary>
    public int StoredCount => _values.Length;

    /// <summary>Returns the channel of the <paramref name="stored"/>-th stored feature; where a row holds frames, frame · channels + channel.</summary>
    public int ChannelOf(int stored) => _channels.IsEmpty ? stored : _channels[stored];

    /// <summary>Returns the <paramref name="stored"/>-th stored feature, in its range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float ValueOf(int stored) => _range.Check(_values[stored], ChannelOf(stored), in _id);
}
