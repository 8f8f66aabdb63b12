namespace Microsoft.ML.Snn.Equations;

/// <summary>The readouts; their formulas are in <see cref="ReadoutEquations"/>, <see cref="IntegralReadoutEquations"/> and <see cref="FirstSpikeEquations"/>.</summary>
internal enum ReadoutKind
{
    Average,
    ExponentiallyWeighted,
    Sum,
    Maximum,

    /// <summary>V at the end of the trial.</summary>
    Final,

    /// <summary>V at the end of every step: a number for each of them.</summary>
    EveryStep,

    /// <summary>The time of the first spike.</summary>
    FirstSpikeTime,
}
