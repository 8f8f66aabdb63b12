namespace Microsoft.ML.Snn;

/// <summary>What an encoder does with a feature outside its range, 0 to 1 or -1 to 1. NaN is an error in both cases.</summary>
public enum OutOfRange
{
    /// <summary>Throws an error that names the column, the row, the slot and the value.</summary>
    Error = 0,

    /// <summary>
    /// Takes the nearest value that is allowed: for rows that lie a little outside the range that
    /// NormalizeMinMax saw in training.
    /// </summary>
    Clip = 1,
}
