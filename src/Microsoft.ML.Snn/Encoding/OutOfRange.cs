namespace Microsoft.ML.Snn;

/// <summary>What an encoder does with a feature below 0 or above 1. NaN is an error in both cases.</summary>
public enum OutOfRange
{
    /// <summary>Throws an error that names the column, the row, the slot and the value.</summary>
    Error = 0,

    /// <summary>
    /// Takes the nearest value that is allowed, 0 or 1: for rows that lie a little outside the range that
    /// NormalizeMinMax saw in training.
    /// </summary>
    Clip = 1,
}
