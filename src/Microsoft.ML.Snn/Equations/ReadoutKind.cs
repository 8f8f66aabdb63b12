namespace Microsoft.ML.Snn.Equations;

/// <summary>The readouts; their formulas are in <see cref="ReadoutEquations"/>, <see cref="IntegralReadoutEquations"/> and <see cref="FirstSpikeEquations"/>.</summary>
internal enum ReadoutKind
{
    Average,
    ExponentiallyWeighted,
    Sum,
    Maximum,
    FirstSpikeTime,
}
