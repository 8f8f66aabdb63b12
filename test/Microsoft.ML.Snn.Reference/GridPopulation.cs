using System.Collections.Generic;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Neurons of a <see cref="GridGraph"/>, each with its own numbers. Lists have one number per neuron; times are in milliseconds.</summary>
public sealed record GridPopulation
{
    /// <summary>Gets the number of neurons.</summary>
    public int Units => MembraneTimes.Length;

    /// <summary>Gets whether they spike.</summary>
    public bool IsSpiking { get; init; } = true;

    /// <summary>Gets whether the potential leaks.</summary>
    public bool IsLeaky { get; init; } = true;

    /// <summary>Gets τm.</summary>
    public required Moving[] MembraneTimes { get; init; }

    /// <summary>Gets ϑ.</summary>
    public required Moving[] Thresholds { get; init; }

    /// <summary>Gets the potentials after a spike.</summary>
    public required double[] Resets { get; init; }

    /// <summary>Gets the constant currents.</summary>
    public required Moving[] Biases { get; init; }

    /// <summary>Gets whether the potential falls by threshold minus reset at a spike.</summary>
    public bool BySubtraction { get; init; }

    /// <summary>Gets for how many steps the potential is held after a spike.</summary>
    public int RefractorySteps { get; init; }

    /// <summary>Gets whether thresholds adapt.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>Gets τa.</summary>
    public required double[] AdaptationTimes { get; init; }

    /// <summary>Gets by how much a spike raises the threshold.</summary>
    public required double[] AdaptationStrengths { get; init; }

    /// <summary>Gets the currents of each neuron.</summary>
    public required IReadOnlyList<GridGroup> Groups { get; init; }
}
