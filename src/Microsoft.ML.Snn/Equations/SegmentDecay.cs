using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>What a stretch of time does to a neuron and to its adjoint; made by <see cref="MembraneSegment.Over(double)"/>.</summary>
/// <param name="Membrane">exp(-s/τm): what is left of V, and of λV.</param>
/// <param name="Synapse">exp(-s/τs): what is left of I, and of λI.</param>
/// <param name="CurrentIntoMembrane">What a current of 1 adds to V.</param>
/// <param name="AdjointIntoSynapse">What a λV of 1 adds to λI.</param>
internal readonly record struct SegmentDecay(
    double Membrane, double Synapse, double CurrentIntoMembrane, double AdjointIntoSynapse)
{
    /// <summary>Moves potential and current forward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TLane>(ref TLane v, ref TLane i)
        where TLane : struct, ILane<TLane>
    {
        v = TLane.Splat((float)Membrane) * v + TLane.Splat((float)CurrentIntoMembrane) * i;
        i = TLane.Splat((float)Synapse) * i;
    }

    /// <summary>Moves one neuron forward in double precision.</summary>
    public (double V, double I) Step(double v, double i) => (Membrane * v + CurrentIntoMembrane * i, Synapse * i);

    /// <summary>Moves the adjoint of potential and current backward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StepBack<TLane>(ref TLane lambdaV, ref TLane lambdaI)
        where TLane : struct, ILane<TLane>
    {
        lambdaI = TLane.Splat((float)Synapse) * lambdaI + TLane.Splat((float)AdjointIntoSynapse) * lambdaV;
        lambdaV = TLane.Splat((float)Membrane) * lambdaV;
    }

    /// <summary>Moves the adjoint of one neuron backward in double precision.</summary>
    public (double LambdaV, double LambdaI) StepBack(double lambdaV, double lambdaI) =>
        (Membrane * lambdaV, Synapse * lambdaI + AdjointIntoSynapse * lambdaV);

    /// <summary>The same from three of the numbers, in single precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float LambdaV, float LambdaI) StepBack(
        float membrane, float synapse, float adjointIntoSynapse, float lambdaV, float lambdaI) =>
        (membrane * lambdaV, synapse * lambdaI + adjointIntoSynapse * lambdaV);
}
