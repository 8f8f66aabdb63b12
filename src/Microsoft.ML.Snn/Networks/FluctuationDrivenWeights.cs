using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Zero mean and the deviation that makes the free membrane fluctuate by a given amount.</summary>
/// <remarks>
/// n inputs of Poisson spikes at rate ν through weights of mean 0 and variance σw² give the stationary membrane without
/// threshold, over time and around its own mean, the variance n·ν·σw²·∫ε² (Campbell's theorem), with ε the potential after one spike of
/// weight 1. With τm dV/dt = -V + I: ε(t) = τs/(τm - τs)·(exp(-t/τm) - exp(-t/τs)) and ∫ε² = τs²/(2(τm + τs)). Without a
/// synaptic current ε(t) = exp(-t/τm) and ∫ε² = τm/2.
/// Source: Rossbroich, Gygax and Zenke, Neuromorph. Comput. Eng. 2:044016 (2022), equations 9 to 13.
/// </remarks>
internal sealed record FluctuationDrivenWeights(double? InputRate, double Fluctuation, double Share) : ScaledWeights
{
    public override DrawnWeights For(in InitialContext context)
    {
        const double MillisecondsPerSecond = 1000;
        double rate = InputRate / MillisecondsPerSecond ?? context.SpikesPerMillisecond;
        double membraneTime = context.Membrane.MembraneTime, synapseTime = context.Membrane.SynapseTime;
        double square = context.Membrane.HasCurrent
            ? synapseTime * synapseTime / (2 * (membraneTime + synapseTime))
            : membraneTime / 2;
        double deviation = Fluctuation * context.Threshold;

        // An input that is always silent leaves nothing to set: any finite weights will do.
        return new NormalWeights(0, deviation * Math.Sqrt(Share / Math.Max(context.FanIn * rate * square, 1e-6)));
    }
}
