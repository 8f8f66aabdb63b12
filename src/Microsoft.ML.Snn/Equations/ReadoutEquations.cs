using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>How the membrane potential of an output neuron over a trial becomes one number Y.</summary>
/// <remarks>
/// <para>With N steps and V taken at the end of each: average (1/N)·Σ V, exponentially weighted average
/// (1/N)·Σ V·exp(-n/N), sum dt·Σ V, maximum max V, final V of the last step. The readout of every step keeps V as it is.</para>
/// <para>Adjoint: a loss L(Y) drives the output's adjoint by λV -= (∂L/∂Y)·(∂Y/∂V)/τm at every step.</para>
/// <para>Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025).</para>
/// </remarks>
internal static class ReadoutEquations
{
    /// <summary>∂Y/∂V at the end of step <paramref name="step"/> for the readouts that are weighted sums.</summary>
    /// <param name="readout">Which readout; the maximum has weight 1 at the step of the maximum and is not a weighted sum.</param>
    /// <param name="step">0 to <paramref name="steps"/> - 1.</param>
    /// <param name="steps">Number of steps N of the trial.</param>
    /// <param name="timeStep">dt in milliseconds.</param>
    public static double Weight(ReadoutKind readout, int step, int steps, double timeStep) =>
        readout is ReadoutKind.Average or ReadoutKind.ExponentiallyWeighted or ReadoutKind.Sum or ReadoutKind.Final
            ? Weight(readout, step, steps, new DoubleLane(timeStep)).Value
            : throw new ArgumentOutOfRangeException(nameof(readout), readout, $"{readout} is not a weighted sum.");

    /// <summary>The same in a lane, and without a check; 0 for a readout that is no weighted sum.</summary>
    public static TLane Weight<TLane>(ReadoutKind readout, int step, int steps, TLane timeStep)
        where TLane : struct, ILane<TLane>
    {
        TLane all = TLane.Splat(steps);
        return readout == ReadoutKind.Average ? TLane.Splat(1) / all
            : readout == ReadoutKind.ExponentiallyWeighted ? TLane.Exp(-TLane.Splat(step + 1) / all) / all
            : readout == ReadoutKind.Sum ? timeStep
            : TLane.Splat(readout == ReadoutKind.Final && step == steps - 1 ? 1 : 0);
    }

    /// <summary>∂L/∂t of a spike whose arrival ends the rise of a maximum: later by δ, the maximum is higher by V'·δ.</summary>
    public static float MovedMaximum(float lossByReadout, float slope, float membraneTime) =>
        lossByReadout * slope / membraneTime;

    /// <summary>Drive of λV at a step where ∂Y/∂V is <paramref name="weight"/>.</summary>
    public static float Drive(float lossByReadout, float weight, float membraneTime) =>
        -lossByReadout * weight / membraneTime;
}
