using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Closed form of the adjoint pair between two events, in reverse time.</summary>
/// <remarks>
/// τm λV' = -λV - D e^(rate s), τs λI' = -λI + λV, with s the time since the segment's later end and D the
/// drive of the loss there. The driven part is P e^(rate s) with P = -D / (1 + τm rate) for λV and
/// Q = P / (1 + τs rate) for λI; the rest decays freely.
/// Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), Table 2.
/// </remarks>
internal readonly struct AdjointSegment(double membraneTime, double synapseTime)
{
    public (double LambdaV, double LambdaI) Back(
        double lambdaV, double lambdaI, double s, double drive, double rate)
    {
        double p = -drive / (1 + membraneTime * rate);
        double q = p / (1 + synapseTime * rate);
        double growth = Math.Exp(rate * s);
        double freeV = lambdaV - p;
        double freeI = lambdaI - q;
        double overlap = ExponentialOverlap.Of(s / membraneTime, s / synapseTime);
        return (
            freeV * Math.Exp(-s / membraneTime) + p * growth,
            freeI * Math.Exp(-s / synapseTime) + freeV * (s / synapseTime) * overlap + q * growth);
    }
}
