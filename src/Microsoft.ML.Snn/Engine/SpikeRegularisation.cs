using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Regularisation of the spike counts of every spiking population of a program; the default is none.</summary>
internal readonly struct SpikeRegularisation
{
    private readonly SpikeCountEquations _all;
    private readonly SpikeCountEquations[]? _each;

    /// <summary>The same for every population.</summary>
    public SpikeRegularisation(SpikeCountEquations all) => (_all, IsActive) = (all, all.IsActive);

    /// <summary>One per spiking population, in their order.</summary>
    public SpikeRegularisation(SpikeCountEquations[] each) => (_each, IsActive) = (each, Array.Exists(each, count => count.IsActive));

    /// <summary>Whether some population is regularised.</summary>
    public bool IsActive { get; }

    public SpikeCountEquations this[int spiking] => _each == null ? _all : _each[spiking];
}
