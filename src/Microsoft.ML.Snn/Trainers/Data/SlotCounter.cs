using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Counts spikes per slot, in any order. It keeps its memory for the next example: one thread at a time.</summary>
internal sealed class SlotCounter
{
    private readonly List<int> _slots = [];

    /// <summary>Forgets what an example left behind that was refused half-way.</summary>
    public void Clear() => _slots.Clear();

    /// <summary>Counts a spike.</summary>
    public void Add(int slot) => _slots.Add(slot);

    /// <summary>Writes the counts and starts again from nothing.</summary>
    /// <param name="slotCount">Steps by channels.</param>
    /// <param name="spikes">Receives the number of spikes of each slot that has any.</param>
    public void MoveTo(int slotCount, ref VBuffer<float> spikes)
    {
        _slots.Sort();
        ReadOnlySpan<int> slots = CollectionsMarshal.AsSpan(_slots);
        int stored = 0;
        for (int n = 0; n < slots.Length; n++)
        {
            stored += n == 0 || slots[n] != slots[n - 1] ? 1 : 0;
        }

        VBufferEditor<float> editor = VBufferEditor.Create(ref spikes, slotCount, stored);
        editor.Values.Clear();
        bool isSparse = stored < slotCount;
        int at = -1;
        for (int n = 0; n < slots.Length; n++)
        {
            if (n == 0 || slots[n] != slots[n - 1])
            {
                at++;
                if (isSparse)
                {
                    editor.Indices[at] = slots[n];
                }
            }

            editor.Values[at]++;
        }

        spikes = editor.Commit();
        _slots.Clear();
    }
}
