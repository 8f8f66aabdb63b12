using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>Runs the adjoint of a block of four lanes of neurons backward through one trial.</summary>
internal unsafe ref struct ColumnBackward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required MembraneEquations Membrane;
    public required SpikeEquations Spike;
    public required float GrazingLimit;

    public required int Steps;

    /// <summary>As <see cref="ColumnForward{TLane}"/> left it; receives λI at every step in its place. Shape [step, neuron of the block].</summary>
    public required float* Current;

    /// <summary>V after each spike, and the distance between two steps of it: 0 where V is reset to the same value at each.</summary>
    public required float* Released;
    public required int ReleasedStride;

    /// <summary>Σ w·∂L/∂Y over the outputs. Shape [neuron of the block].</summary>
    public required float* Feedback;

    /// <summary>λV - λI of an output where a spike found at the end of each step arrives, for ∂L/∂Y = 1. Shape [step].</summary>
    public required float* Error;

    /// <summary>What regularisation takes from λV at each spike. Shape [neuron of the block].</summary>
    public required float* Push;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run()
    {
        MembraneLanes<TLane> membrane = Membrane.OnLanes<TLane>();
        TLane limit = TLane.Splat(GrazingLimit), threshold = TLane.Splat(Spike.Threshold);
        TLane any = TLane.Splat(ColumnForward<TLane>.NoSpike / 2);
        int width = TLane.Width;
        int block = 4 * width;
        nint stride = ReleasedStride;
        float* errors = Error;

        // Two lanes at a time: more would not find registers for what a step needs.
        for (int j = 0; j < block; j += 2 * width)
        {
            TLane v0 = TLane.Splat(0), v1 = v0, i0 = v0, i1 = v0;
            float* feedback = Feedback + j;
            float* push = Push + j;
            float* current = Current + (nint)(Steps - 1) * block + j;
            float* released = Released + (Steps - 1) * stride + j;
            for (int step = Steps - 1; step >= 0;)
            {
                for (int end = step - step % Denormal.StepsBetweenFlushes; step >= end; step--)
                {
                    StepBack(membrane, threshold, limit, any, errors + step, feedback, push, current, released, ref v0, ref i0);
                    StepBack(membrane, threshold, limit, any, errors + step, feedback + width, push + width, current + width, released + width, ref v1, ref i1);
                    current -= block;
                    released -= stride;
                }

                (v0, v1) = (Denormal.Flush(v0), Denormal.Flush(v1));
                (i0, i1) = (Denormal.Flush(i0), Denormal.Flush(i1));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepBack(
        MembraneLanes<TLane> membrane, TLane threshold, TLane limit, TLane any, float* error, float* feedback, float* regularisation,
        float* current, float* released, ref TLane v, ref TLane i)
    {
        // What a spike does to λV is prepared without λV, so that no step waits for the division of the one after it.
        TLane atSpike = TLane.Load(current);
        (TLane factor, TLane offset) = SpikeEquations.LambdaVJump(
            atSpike - TLane.Load(released), TLane.Splat(*error) * TLane.Load(feedback), SpikeEquations.LimitedSlope(atSpike - threshold, limit));
        factor = TLane.SelectGreaterOrEqual(atSpike, any, factor, TLane.Splat(1));
        offset = TLane.ZeroUnlessGreaterOrEqual(atSpike, any, offset - TLane.Load(regularisation));
        v = factor * v + offset;
        membrane.StepBack(ref v, ref i);
        TLane.Store(i, current);
    }
}
