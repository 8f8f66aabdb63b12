using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Encoding.Rows;

/// <summary>One row of a vector column, dense or sparse; what is not stored is 0.</summary>
internal readonly ref struct SignalRow(
    ReadOnlySpan<float> values, ReadOnlySpan<int> slots, string columnName, UInt128 id)
{
    private readonly ReadOnlySpan<int> _slots = slots;
    private readonly UInt128 _id = id;

    /// <summary>Gets the stored values.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Returns the slot of the <paramref name="stored"/>-th stored value; ascending.</summary>
    public int SlotOf(int stored) => _slots.IsEmpty ? stored : _slots[stored];

    /// <summary>Writes every value, zeros included. Shape [slot].</summary>
    public void CopyTo(Span<float> dense)
    {
        if (_slots.IsEmpty && Values.Length == dense.Length)
        {
            Values.CopyTo(dense);
            return;
        }

        dense.Clear();
        for (int i = 0; i < Values.Length; i++)
        {
            dense[_slots[i]] = Values[i];
        }
    }

    /// <summary>Checks that every stored value is a finite number.</summary>
    /// <exception cref="InvalidOperationException">One is not.</exception>
    public void CheckFinite()
    {
        for (int i = 0; i < Values.Length; i++)
        {
            if (!float.IsFinite(Values[i]))
            {
                throw Error(i, "hold finite numbers", "Append mlContext.Transforms.ReplaceMissingValues before this step.");
            }
        }
    }

    /// <summary>The error of a value that is not allowed.</summary>
    public InvalidOperationException Error(int stored, string rule, string wayOut) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Column '{columnName}' must {rule}, but slot {SlotOf(stored)} of row {_id} was {Values[stored]}. {wayOut}"));

    /// <summary>A number that belongs to the content of the row and a seed, wherever the row stands.</summary>
    /// <remarks>Zeros do not count, so that a dense and a sparse row agree.</remarks>
    public ulong KeyOf(int seed)
    {
        ulong key = CounterRandom.Mix(0, (uint)seed);
        for (int i = 0; i < Values.Length; i++)
        {
            if (Values[i] != 0)
            {
                key = CounterRandom.Mix(key, (ulong)SlotOf(i) << 32 | BitConverter.SingleToUInt32Bits(Values[i]));
            }
        }

        return key;
    }
}
