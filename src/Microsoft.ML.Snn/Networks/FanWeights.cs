using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Zero mean and a variance in inverse proportion to the fan.</summary>
/// <remarks>
/// <para>Glorot: variance = gain² · 2 / (fan-in + fan-out). Glorot and Bengio, AISTATS 9:249 (2010), equation 16.</para>
/// <para>He: variance = gain² · 2 / fan-in. He, Zhang, Ren and Sun, ICCV (2015), equation 10.</para>
/// <para>A uniform distribution from -a to a has the variance a²/3.</para>
/// </remarks>
internal sealed record FanWeights(bool IsGlorot, bool IsUniform, double Gain) : ScaledWeights
{
    public override DrawnWeights For(in InitialContext context)
    {
        double fan = IsGlorot ? context.FanIn + context.FanOut : context.FanIn;
        double deviation = Gain * Math.Sqrt(2 / Math.Max(fan, 1e-6));
        double end = Math.Sqrt(3) * deviation;
        return IsUniform ? new UniformWeights(-end, end) : new NormalWeights(0, deviation);
    }
}
