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

    /// <summary>Gets the number of channels.</summary>
    public int ChannelCount { get; private set; }

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

        ChannelCount = channelCount;
        Count = 0;
    }

    /// <summary>Adds a spike. The channels of a step come in ascending order; the steps of one channel in any order.</summary>
    public void Add(int channel, int step, bool isNegative = false)
    {
        int at = Count;
        if (at == _steps.Length)
        {
            Array.Resize(ref _steps, 2 * at);
            Array.Resize(ref _channels, 2 * at);
        }

        _steps[at] = step;
        _channels[at] = isNegative ? ~channel : channel;
        _cursors[step]++;
        Count = at + 1;
    }

    /// <summary>Writes slot = step · channels + channel of every spike, ascending, and its sign.</summary>
    /// <param name="slots">Receives <see cref="Count"/> slots; empty where every slot has a spike. The raster must be reset afterwards.</param>
    /// <param name="values">Receives 1 or -1 for each.</param>
    public void MoveTo(Span<int> slots, Span<float> values)
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
            int channel = _channels[i];
            int at = _cursors[step]++;
            values[at] = channel < 0 ? -1 : 1;
            if (!slots.IsEmpty)
            {
                slots[at] = step * ChannelCount + (channel < 0 ? ~channel : channel);
            }
        }
    }
}
