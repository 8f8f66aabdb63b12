namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>A change that a pixel of a sensor saw.</summary>
/// <param name="Time">Microseconds.</param>
/// <param name="X">Column, from 0.</param>
/// <param name="Y">Row, from 0.</param>
/// <param name="IsOn">Whether it became brighter.</param>
internal readonly record struct SensorEvent(long Time, int X, int Y, bool IsOn);
