using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The numbers of one current group, each of shape [neuron].</summary>
internal readonly unsafe struct GroupCoefficients(SynapseKind kind, float* values, int stride)
{
    /// <summary>How many arrays there are.</summary>
    public const int Arrays = 6;

    public readonly SynapseKind Kind = kind;

    /// <summary>e^(-dt/τs).</summary>
    public readonly float* Decay = values;

    /// <summary>κ.</summary>
    public readonly float* IntoMembrane = values + stride;

    /// <summary>κ₂, for an alpha synapse.</summary>
    public readonly float* FirstIntoMembrane = values + 2 * stride;

    /// <summary>dt/τs: what a constant current of 1 adds at each step, and what an alpha synapse's first stage passes on.</summary>
    public readonly float* Gain = values + 3 * stride;

    /// <summary>Rate, per millisecond, at which what an arrival added decays.</summary>
    public readonly float* Rate = values + 4 * stride;

    /// <summary>Rate, per millisecond, at which it feeds the next stage.</summary>
    public readonly float* RateIntoNext = values + 5 * stride;
}
