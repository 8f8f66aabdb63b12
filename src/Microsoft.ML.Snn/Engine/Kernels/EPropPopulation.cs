using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>How e-prop trains one population.</summary>
internal readonly struct EPropPopulation
{
    public required EPropEquations Equations { get; init; }

    public required SpikeRateEquations Rate { get; init; }

    /// <summary>The first of the ways by which errors reach it, in <see cref="EPropViews.Links"/>.</summary>
    public required int FirstLink { get; init; }

    public required int Links { get; init; }
}
