using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>What one example should give: a class or a vector of numbers, for the whole trial or for each of its steps.</summary>
internal readonly ref struct Target
{
    /// <summary>A row whose class is not known: it has no loss.</summary>
    public const int NoClass = -1;

    private readonly ReadOnlySpan<int> _classes;
    private readonly ReadOnlySpan<float> _values;
    private readonly int _width;

    /// <summary>Classes, 0 to classes - 1 or <see cref="NoClass"/>. Shape [row].</summary>
    public Target(ReadOnlySpan<int> classes)
    {
        _classes = classes;
        _width = 1;
    }

    /// <summary>Numbers; a row whose first number is NaN has no loss. Shape [row, width].</summary>
    public Target(ReadOnlySpan<float> values, int width)
    {
        _values = values;
        _width = width;
    }

    /// <summary>Number of rows: 1 for a whole trial, else the number of its steps.</summary>
    public int Rows => (_classes.Length + _values.Length) / _width;

    public int Class(int row) => _classes[row];

    public ReadOnlySpan<float> Values(int row) => _values.Slice(row * _width, _width);

    public bool HasLoss(int row) =>
        _values.IsEmpty ? _classes[row] != NoClass : !float.IsNaN(_values[row * _width]);

    /// <summary>Number of rows that have a loss.</summary>
    public int RowsWithLoss
    {
        get
        {
            int count = 0;
            for (int row = 0; row < Rows; row++)
            {
                count += HasLoss(row) ? 1 : 0;
            }

            return count;
        }
    }
}
