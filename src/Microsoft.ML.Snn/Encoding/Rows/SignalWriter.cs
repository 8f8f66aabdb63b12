using System;

namespace Microsoft.ML.Snn.Encoding.Rows;

/// <summary>Takes the values of one row in any order. Its memory grows to the largest row and is used again. One thread at a time.</summary>
internal sealed class SignalWriter
{
    private int[] _slots = new int[64];
    private float[] _values = new float[64];
    private bool _isSorted = true;

    /// <summary>Gets the number of values.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the slots, ascending and each once, after <see cref="Finish"/>.</summary>
    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Count);

    /// <summary>Gets the values of <see cref="Slots"/>.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, Count);

    /// <summary>Forgets the row.</summary>
    public void Clear() => (Count, _isSorted) = (0, true);

    /// <summary>Adds to a slot; a value of 0 is dropped.</summary>
    public void Add(int slot, float value = 1)
    {
        if (value == 0)
        {
            return;
        }

        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, 2 * Count);
            Array.Resize(ref _values, 2 * Count);
        }

        _isSorted &= Count == 0 || slot > _slots[Count - 1];
        (_slots[Count], _values[Count]) = (slot, value);
        Count++;
    }

    /// <summary>Adds the same value to a channel at several steps, one after the other.</summary>
    public void Repeat(int firstStep, int steps, int channels, int channel, float value)
    {
        for (int step = firstStep; step < firstStep + steps; step++)
        {
            Add(step * channels + channel, value);
        }
    }

    /// <summary>Sorts by slot and adds up what fell on the same one.</summary>
    public void Finish()
    {
        if (_isSorted)
        {
            return;
        }

        Array.Sort(_slots, _values, 0, Count);
        int last = 0;
        for (int i = 1; i < Count; i++)
        {
            if (_slots[i] == _slots[last])
            {
                _values[last] += _values[i];
            }
            else
            {
                last++;
                (_slots[last], _values[last]) = (_slots[i], _values[i]);
            }
        }

        (Count, _isSorted) = (last + 1, true);
    }
}
