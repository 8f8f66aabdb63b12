namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>A point of the Yin-Yang figure.</summary>
/// <param name="X">0 to 1.</param>
/// <param name="Y">0 to 1.</param>
/// <param name="Label">0, 1 or 2: the two halves and the dots.</param>
internal readonly record struct YinYangSample(double X, double Y, int Label);
