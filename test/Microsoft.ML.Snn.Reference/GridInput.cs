using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>What one grid trial is given: spikes, a constant current, or both.</summary>
public sealed record GridInput
{
    /// <summary>Gets the input spikes in any order.</summary>
    public IReadOnlyList<GridInputSpike> Spikes { get; init; } = [];

    /// <summary>Gets features that are on all the time; empty for none.</summary>
    /// <value>
    /// Shape [channel]. Each step adds (dt/τs) Σ w x to the current, whose mean over a step so settles at Σ w x.
    /// </value>
    public double[] Constant { get; init; } = [];

    /// <summary>Puts exact input spikes on the grid, each at its nearest step.</summary>
    public static GridInput FromTimes(IEnumerable<ReferenceInputSpike> spikes, double timeStep) => new()
    {
        Spikes = [.. spikes.Select(s => new GridInputSpike((int)Math.Round(s.Time / timeStep), s.Channel, s.Value))],
    };
}
