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

    /// <summary>As <see cref="ColumnForward{TLane}"/> left it. Shape [step, neuron of the block].</summary>
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

    /// <summary>Receives λI at every step. Shape [step, neuron of the block].</summary>
    public required float* Trace;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run()
    {
        MembraneLanes<TLane> membrane = Membrane.OnLanes<TLane>();
        TLane limit = TLane.Splat(GrazingLimit), threshold = TLane.Splat(Spike.Threshold);
        TLane any = TLane.Splat(ColumnForward<TLane>.NoSpike / 2);
        int width = TLane.Width;
        int block = 4 * width;
        float* errors = Error;
        float* feedback = Feedback;
        float* push = Push;

        // Two lanes at a time leave registers for the coefficients, and two chains of divisions beside each other.
        for (int j = 0; j < block; j += 2 * width)
        {
            TLane v0 = TLane.Splat(0), v1 = v0, i0 = v0, i1 = v0;
            TLane f0 = TLane.Load(feedback + j), f1 = TLane.Load(feedback + j + width);
            TLane p0 = TLane.Load(push + j), p1 = TLane.Load(push + j + width);
            float* current = Current + (nint)(Steps - 1) * block + j;
            float* released = Released + (nint)(Steps - 1) * ReleasedStride + j;
            float* trace = Trace + (nint)(Steps - 1) * block + j;
            for (int step = Steps - 1; step >= 0; step--)
            {
                TLane error = TLane.Splat(errors[step]);
                StepBack(membrane, threshold, limit, any, f0 * error, p0, TLane.Load(current), TLane.Load(released), ref v0, ref i0);
                StepBack(membrane, threshold, limit, any, f1 * error, p1, TLane.Load(current + width), TLane.Load(released + width), ref v1, ref i1);
                TLane.Store(i0, trace);
                TLane.Store(i1, trace + width);
                current -= block;
                released -= ReleasedStride;
                trace -= block;
                if (step % Denormal.StepsBetweenFlushes == 0)
                {
                    (v0, v1) = (Denormal.Flush(v0), Denormal.Flush(v1));
                    (i0, i1) = (Denormal.Flush(i0), Denormal.Flush(i1));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepBack(
        MembraneLanes<TLane> membrane, TLane threshold, TLane limit, TLane any, TLane error, TLane regularisation,
        TLane current, TLane released, ref TLane v, ref TLane i)
    {
        TLane slope = SpikeEquations.LimitedSlope(current - threshold, limit);
        TLane before = SpikeEquations.LambdaVBeforeSpike(SpikeEquations.Push(v, current - released), error, slope) - regularisation;
        v = TLane.SelectGreaterOrEqual(current, any, before, v);
        membrane.StepBack(ref v, ref i);
    }
}
