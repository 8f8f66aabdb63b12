namespace Microsoft.ML.Snn.Equations;

/// <summary>The readouts that <see cref="ReadoutEquations"/> defines.</summary>
internal enum ReadoutKind
{
    Average,
    ExponentiallyWeighted,
    Sum,
    Maximum,
}
