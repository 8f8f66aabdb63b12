using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning;

/// <summary>The order of the examples in an epoch: a function of the seed and the epoch alone.</summary>
internal sealed class ExampleOrder
{
    private readonly int[] _order;
    private readonly RandomStream _random;
    private readonly bool _shuffle;

    public ExampleOrder(int examples, bool shuffle, int seed)
    {
        _order = [.. Enumerable.Range(0, examples)];
        _random = new RandomStream(seed, stream: int.MaxValue);
        _shuffle = shuffle;
    }

    public int Count => _order.Length;

    /// <summary>Draws the order of the next epoch.</summary>
    public void BeginEpoch()
    {
        if (_shuffle)
        {
            _random.Shuffle(_order);
        }
    }

    /// <summary>The examples of a batch, the last of which may be smaller.</summary>
    public Span<int> Batch(int batch, int size)
    {
        int first = batch * size;
        return _order.AsSpan(first, Math.Min(size, _order.Length - first));
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_random.State);
        StateStream.Write<int>(writer, _order);
    }

    public void Load(BinaryReader reader)
    {
        _random.State = reader.ReadUInt64();
        StateStream.Read<int>(reader, _order);
    }
}
