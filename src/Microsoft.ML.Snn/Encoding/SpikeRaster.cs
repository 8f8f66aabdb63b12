using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Takes the spikes of one example channel by channel and hands them out in the order of time.</summary>
/// <remarks>
/// Its memory grows to the example with the most spikes and is used again for every other one. One thread at a time.
/// </remarks>
internal sealed class SpikeRaster
{
    private int[] _channels = new int[64];
    private int[] _steps = new int[64];
    private int[] _cursors = [];
    private int _channelCount;

    /// <summary>Gets the number of spikes.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all spikes. The product of the two sizes must fit an <see cref="int"/>.</summary>
    public void Reset(int stepCount, int channelCount)
    {
        if (_cursors.Length == stepCount)
        {
            Array.Clear(_cursors);
        }
        else
        {
            _cursors = new int[stepCount];
        }

        _channelCount = channelCount;
        Count = 0;
    }

    /// <summary>Adds a spike. Channels come in ascending order; the steps of one channel in any order.</summary>
    public void Add(int channel, int step)
    {
        int at = Count;
        if (at == _steps.Length)
        {
            Array.Resize(ref _steps, 2 * at);
            Array.Resize(ref _channels, 2 * at);
        }

        _steps[at] = step;
        _channels[at] = channel;
        _cursors[step]++;
        Count = at + 1;
    }

    /// <summary>Writes slot = step · channelCount + channel of every spike, ascending.</summary>
    /// <param name="slots">Receives <see cref="Count"/> slots. The raster must be reset afterwards.</param>
    public void MoveSlotsTo(Span<int> slots)
    {
        int first = 0;
        foreach (ref int cursor in _cursors.AsSpan())
        {
            (cursor, first) = (first, first + cursor);
        }

        // A counting sort by step is stable, so that the channels of a step stay ascending.
        for (int i = 0; i < Count; i++)
        {
            int step = _steps[i];
            slots[_cursors[step]++] = step * _channelCount + _channels[i];
        }
    }
}
