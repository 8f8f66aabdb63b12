using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The numbers of one update.</summary>
/// <param name="Updates">The optimiser of every parameter at this update.</param>
/// <param name="SpikeCounts">Regularisation of the spiking populations.</param>
/// <param name="GrazingLimit">Smallest slope I - ϑ that a spike's gradient is divided by.</param>
/// <param name="Clipping">The limit of the gradient's norm; the default limits nothing.</param>
internal readonly record struct LearningStep(
    ParameterUpdates Updates, SpikeRegularisation SpikeCounts, float GrazingLimit, ClippingEquations Clipping = default)
{
    /// <summary>Adam for every parameter, and one regularisation for every population.</summary>
    public LearningStep(AdamEquations adam, SpikeCountEquations spikeCount, float grazingLimit)
        : this(new ParameterUpdates(new UpdateEquations(adam)), new SpikeRegularisation(spikeCount), grazingLimit)
    {
    }
}
