using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The numbers of one update.</summary>
/// <param name="Updates">The optimiser of every parameter at this update.</param>
/// <param name="SpikeCount">Regularisation of the spiking populations.</param>
/// <param name="GrazingLimit">Smallest slope I - ϑ that a spike's gradient is divided by.</param>
/// <param name="Clipping">The limit of the gradient's norm; the default limits nothing.</param>
internal readonly record struct LearningStep(
    ParameterUpdates Updates, SpikeCountEquations SpikeCount, float GrazingLimit, ClippingEquations Clipping = default)
{
    /// <summary>Regularisation of each spiking population, in their order; null where it is the same for all.</summary>
    public SpikeCountEquations[]? SpikeCounts { get; init; }

    /// <summary>Whether some population is regularised.</summary>
    public bool RegularisesSpikes => SpikeCounts == null ? SpikeCount.IsActive : System.Array.Exists(SpikeCounts, count => count.IsActive);

    /// <summary>Regularisation of one spiking population.</summary>
    public SpikeCountEquations SpikeCountOf(int spiking) => SpikeCounts == null ? SpikeCount : SpikeCounts[spiking];

    /// <summary>Adam for every parameter.</summary>
    public LearningStep(AdamEquations adam, SpikeCountEquations spikeCount, float grazingLimit)
        : this(new ParameterUpdates(new UpdateEquations(adam)), spikeCount, grazingLimit)
    {
    }
}
