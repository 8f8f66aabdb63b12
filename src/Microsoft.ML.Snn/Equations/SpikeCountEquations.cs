namespace Microsoft.ML.Snn.Equations;

/// <summary>Regularisation of how often a neuron spikes in a trial.</summary>
/// <remarks>
/// Penalty per neuron (strength/2)·(mean count over the batch - target)². It enters the backward pass as a push on λV
/// at each of the neuron's spikes, with separate strengths above and below the target. A silent neuron has no spike
/// to push at. Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025).
/// </remarks>
internal readonly record struct SpikeCountEquations(float Target, float StrengthAbove, float StrengthBelow)
{
    public bool IsActive => StrengthAbove != 0 || StrengthBelow != 0;

    /// <summary>What is taken from λV at each backward spike, for a loss that is the mean over the batch.</summary>
    public float Push(float meanCount, int batchSize)
    {
        float excess = meanCount - Target;
        return (excess > 0 ? StrengthAbove : StrengthBelow) * excess / batchSize;
    }
}
