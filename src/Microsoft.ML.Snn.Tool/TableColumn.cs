using System.Collections.Generic;
using System.Globalization;

namespace Microsoft.ML.Snn.Tool;

/// <summary>What the first rows say of a column.</summary>
internal sealed class TableColumn(int index, string title)
{
    private readonly HashSet<string> _values = [];
    private bool _areNumbers = true;
    private bool _areIntegers = true;
    private bool _isEmpty = true;

    /// <summary>Gets the position in the file, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>Gets the title, or a made-up one where the file has none.</summary>
    public string Title { get; } = title;

    /// <summary>Gets the number of different values seen.</summary>
    public int DistinctValues => _values.Count;

    /// <summary>Gets whether every value is a number or missing.</summary>
    public bool IsNumeric => _areNumbers && !_isEmpty;

    /// <summary>Gets whether every value is an integer or missing.</summary>
    public bool IsInteger => IsNumeric && _areIntegers;

    /// <summary>Gets whether the values are those of a yes-or-no question.</summary>
    public bool IsYesOrNo => _values.SetEquals(["0", "1"]) || _values.SetEquals(["true", "false"]);

    /// <summary>Takes a value of the column into account.</summary>
    public void Add(string text)
    {
        string value = text.Trim();
        if (value.Length == 0 || value == "?")
        {
            return;
        }

        _isEmpty = false;
        _areNumbers &= double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        _areIntegers &= _areNumbers && number == double.Floor(number);
        if (_values.Count < 1000)
        {
            _values.Add(value.ToLowerInvariant());
        }
    }
}
