namespace Microsoft.ML.Snn.Equations;

/// <summary>The numbers of one neuron of a population that its spikes depend on.</summary>
internal readonly struct SpikingCell
{
    /// <summary>1, or 0 for a membrane without leak.</summary>
    public required float Leak { get; init; }

    /// <summary>The threshold at rest.</summary>
    public required float Threshold { get; init; }

    /// <summary>τm in milliseconds.</summary>
    public required float MembraneTime { get; init; }

    /// <summary>What a jump of 1 in the potential counts as a current: τm/dt.</summary>
    public required float JumpCurrent { get; init; }

    /// <summary>1/τa, per millisecond.</summary>
    public required float AdaptationRate { get; init; }

    /// <summary>1 where the threshold adapts, else 0. A number, not a truth value, for kernels.</summary>
    public required int IsAdaptive { get; init; }

    /// <summary>1 where a spike takes away from the potential, 0 where it sets it.</summary>
    public required int ResetBySubtraction { get; init; }

    /// <summary>Length of the refractory period.</summary>
    public required int RefractorySteps { get; init; }

    /// <summary>Whether the potential after a spike depends on that before it: after a reset by subtraction that does not start at a fixed value.</summary>
    /// <param name="jump">What delta synapses pushed the neuron over its threshold with, or 0.</param>
    public bool KeepsPotential(float jump) => ResetBySubtraction != 0 && (jump != 0 || IsAdaptive != 0);
}
