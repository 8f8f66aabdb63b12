using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>What the forward pass keeps of one spike of a population, and the jump of the adjoint at it.</summary>
/// <remarks>
/// As <see cref="SpikeEquations"/>, in plain derivatives: p_V = -τm·λV. With E = ∂L/∂t of the arrivals elsewhere and V⁺, V⁻ the
/// potential after and before, τm·∂L/∂t of the spike is τm·E - p_V⁺·(τm·V'⁺ - [τm·V'⁻]), the bracket only where V⁺ moves with V⁻; and
/// p_V⁻ = -(τm·∂L/∂t)/(τm·(V' - θ')).
/// </remarks>
/// <param name="slope">τm times the speed at which the potential crossed the threshold.</param>
/// <param name="releaseSlope">τm·dV/dt when the neuron was released, less that before where the potential is kept.</param>
/// <param name="jump">Sum of the delta synapses that pushed the neuron over its threshold, or 0 where it crossed by itself.</param>
internal readonly struct PopulationSpike(float slope, float releaseSlope, float jump)
{
    public readonly float Slope = slope;

    public readonly float ReleaseSlope = releaseSlope;

    public readonly float Jump = jump;

    /// <summary>A spike found at the end of a step.</summary>
    /// <param name="cell">The neuron.</param>
    /// <param name="before">V at the beginning of the step.</param>
    /// <param name="smooth">V at its end, before what delta synapses add and before any reset.</param>
    /// <param name="arrived">The current at its beginning, with all that arrived, and the bias.</param>
    /// <param name="left">The current at its end, and the bias.</param>
    /// <param name="threshold">The threshold of the step.</param>
    /// <param name="delta">What delta synapses added.</param>
    /// <param name="after">V after the reset.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PopulationSpike At(
        in SpikingCell cell, float before, float smooth, float arrived, float left, float threshold, float delta, float after)
    {
        float current = left;
        float jump = smooth < threshold ? delta : 0;
        if (jump == 0)
        {
            current = CurrentAt<FloatLane>(before, smooth, arrived, current, threshold).Value;
        }

        // What pushed the neuron over its threshold in one jump counts as a current over the step.
        float slope = SlopeAt<FloatLane>(current, cell.Leak, threshold).Value + jump * cell.JumpCurrent;
        float releaseSlope = cell.RefractorySteps > 0 ? 0 : SlopeAt<FloatLane>(current, cell.Leak, after).Value;
        if (cell.KeepsPotential(jump))
        {
            releaseSlope -= SlopeAt<FloatLane>(current, cell.Leak, jump == 0 ? threshold : smooth).Value;
        }

        if (cell.IsAdaptive != 0)
        {
            // The threshold falls while the potential rises.
            slope += (threshold - cell.Threshold) * cell.AdaptationRate * cell.MembraneTime;
        }

        return new PopulationSpike(slope, releaseSlope, jump);
    }

    /// <summary>The current at the moment within the step at which the potential crossed the threshold by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane CurrentAt<TLane>(TLane before, TLane smooth, TLane arrived, TLane left, TLane threshold)
        where TLane : struct, ILane<TLane> =>
        SpikeEquations.Between(arrived, left, SpikeEquations.Crossing(before, smooth, threshold));

    /// <summary>τm·dV/dt at a current and a potential.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane SlopeAt<TLane>(TLane current, TLane leak, TLane potential)
        where TLane : struct, ILane<TLane> => current - leak * potential;

    /// <summary>Moves the adjoint through the spike, whose slope has been limited.</summary>
    /// <param name="cell">The neuron.</param>
    /// <param name="error">∂L/∂t that the targets and the loss send back.</param>
    /// <param name="adaptation">∂L/∂A after the spike.</param>
    /// <param name="release">∂L/∂V at the release.</param>
    /// <param name="push">That times the slope at the release.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SpikeJump Back(in SpikingCell cell, float error, float adaptation, float release, float push)
    {
        float whole = cell.IsAdaptive == 0 ? error : error + adaptation * cell.AdaptationRate;
        float byTime = cell.MembraneTime * whole - push;
        float byThreshold = SpikeEquations.DerivativeByPotential(byTime, Slope);
        return new SpikeJump(
            byThreshold, byThreshold + (cell.KeepsPotential(Jump) ? release : 0),
            Jump == 0 ? error : byTime / (cell.MembraneTime * Jump));
    }
}
