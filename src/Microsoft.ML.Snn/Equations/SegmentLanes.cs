using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>What a stretch of time does to whole lanes of neurons and to their adjoints; made by <see cref="SegmentDecay.OnLanes"/>.</summary>
/// <param name="Membrane">exp(-s/τm).</param>
/// <param name="Synapse">exp(-s/τs).</param>
/// <param name="CurrentIntoMembrane">What a current of 1 adds to V.</param>
/// <param name="AdjointIntoSynapse">What a λV of 1 adds to λI.</param>
internal readonly record struct SegmentLanes<TLane>(
    TLane Membrane, TLane Synapse, TLane CurrentIntoMembrane, TLane AdjointIntoSynapse)
    where TLane : struct, ILane<TLane>
{
    /// <summary>Moves potential and current forward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(ref TLane v, ref TLane i)
    {
        v = Membrane * v + CurrentIntoMembrane * i;
        i = Synapse * i;
    }

    /// <summary>Moves the adjoint of potential and current backward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StepBack(ref TLane lambdaV, ref TLane lambdaI)
    {
        lambdaI = Synapse * lambdaI + AdjointIntoSynapse * lambdaV;
        lambdaV = Membrane * lambdaV;
    }
}
