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
    /// <summary>The same four numbers in every element of a lane: converted once, outside the loop over neurons.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SegmentLanes<TLane> OnLanes<TLane>()
        where TLane : struct, ILane<TLane> => new(
            TLane.Splat((float)Membrane), TLane.Splat((float)Synapse), TLane.Splat((float)CurrentIntoMembrane),
            TLane.Splat((float)AdjointIntoSynapse));

    /// <summary>Moves one neuron forward in double precision.</summary>
    public (double V, double I) Step(double v, double i) => (Membrane * v + CurrentIntoMembrane * i, Synapse * i);

    /// <summary>Moves the adjoint of one neuron backward in double precision.</summary>
    public (double LambdaV, double LambdaI) StepBack(double lambdaV, double lambdaI) =>
        (Membrane * lambdaV, Synapse * lambdaI + AdjointIntoSynapse * lambdaV);

    /// <summary>The same from three of the numbers, in single precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float LambdaV, float LambdaI) StepBack(
        float membrane, float synapse, float adjointIntoSynapse, float lambdaV, float lambdaI) =>
        (membrane * lambdaV, synapse * lambdaI + adjointIntoSynapse * lambdaV);
}
