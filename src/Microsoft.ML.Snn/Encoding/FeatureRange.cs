using System;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Holds the features of one column to the range 0 to 1, or -1 to 1 where they have a sign.</summary>
internal sealed class FeatureRange
{
    private readonly string _columnName;
    private readonly OutOfRange _outOfRange;
    private readonly float _minimum;

    public FeatureRange(string columnName, OutOfRange outOfRange, bool signed = false)
    {
        _columnName = columnName;
        _outOfRange = outOfRange;
        _minimum = signed ? -1 : 0;
    }

    /// <summary>Returns the feature, clipped if that was asked for.</summary>
    /// <exception cref="InvalidOperationException">The feature is NaN, or outside the range and not to be clipped.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Check(float feature, int slot, in UInt128 row) =>
        feature >= _minimum && feature <= 1 ? feature : ClipOrThrow(feature, slot, in row);

    private float ClipOrThrow(float feature, int slot, in UInt128 row)
    {
        UInt128 id = row;
        if (float.IsNaN(feature))
        {
            throw Error("mlContext.Transforms.ReplaceMissingValues before the encoder.");
        }

        return _outOfRange == OutOfRange.Clip
            ? Math.Clamp(feature, _minimum, 1)
            : throw Error("mlContext.Transforms.NormalizeMinMax with fixZero: false before the encoder, or set "
                + "outOfRange: OutOfRange.Clip where only rows unseen in training lie outside.");

        InvalidOperationException Error(string append) => new(string.Create(CultureInfo.InvariantCulture,
            $"Column '{_columnName}' must hold values from {_minimum} to 1, but slot {slot} of row {id} was {feature}. Append {append}"));
    }
}
