namespace Microsoft.ML.Snn.Equations;

/// <summary>The readouts that <see cref="ReadoutEquations"/> defines.</summary>
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
}
