using System;
using Microsoft.ML.Snn.Engine.Cpu;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Brings the last spikes of a tape into order of time.</summary>
/// <remarks>Stretches between two arrivals follow one another: only the spikes of one stretch are ever out of order.</remarks>
internal sealed unsafe class SpikeSorter : IDisposable
{
    private readonly NativeBuffer<int> _order = new(64);
    private readonly NativeBuffer<int> _neuron = new(64);
    private readonly NativeBuffer<float> _current = new(64);

    /// <summary>Sorts the spikes from <paramref name="first"/> to the end of the tape.</summary>
    public void Sort(EventTape tape, int first)
    {
        int count = tape.Count - first;
        if (IsSorted(tape, first))
        {
            return;
        }

        _order.Grow(count);
        _neuron.Grow(count);
        _current.Grow(count);
        var order = new Span<int>(_order.Pointer, count);
        for (int k = 0; k < count; k++)
        {
            order[k] = k;
            _neuron.Pointer[k] = tape.Neuron[first + k];
            _current.Pointer[k] = tape.Current[first + k];
        }

        new Span<double>(tape.Time + first, count).Sort(order);
        for (int k = 0; k < count; k++)
        {
            tape.Neuron[first + k] = _neuron.Pointer[order[k]];
            tape.Current[first + k] = _current.Pointer[order[k]];
        }
    }

    public void Dispose()
    {
        _order.Dispose();
        _neuron.Dispose();
        _current.Dispose();
    }

    private static bool IsSorted(EventTape tape, int first)
    {
        for (int k = first + 1; k < tape.Count; k++)
        {
            if (tape.Time[k] < tape.Time[k - 1])
            {
                return false;
            }
        }

        return true;
    }
}
