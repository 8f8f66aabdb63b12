using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>Runs a block of four lanes of neurons through one trial.</summary>
/// <remarks>
/// Potential and current stay in registers for the whole trial: neurons of a layer without recurrent connections do not
/// meet. Nothing asks whether a neuron spiked: about every second lane of a layer at work has a spike, and a branch that
/// cannot be predicted costs more than the arithmetic that it saves.
/// </remarks>
internal unsafe ref struct ColumnForward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>Stands for the current at a spike where there is none.</summary>
    public const float NoSpike = -1e30f;

    public required MembraneEquations Membrane;
    public required SpikeEquations Spike;
    public required int Steps;

    /// <summary>Weights of the block, shape [row, neuron of the block].</summary>
    public required float* Weights;
    public required EventList Events;

    /// <summary>Current added at every step, shape [neuron of the block], or null.</summary>
    public required float* Drive;

    /// <summary>Receives the current at each spike, else <see cref="NoSpike"/>. Shape [step, neuron of the block].</summary>
    public required float* Current;

    /// <summary>Receives the potential after each step, or null where it is the reset value after every spike. Shape [step, neuron of the block].</summary>
    public required float* Released;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run()
    {
        // Copies, which no store through a pointer can be thought to change: the loop keeps their numbers in registers.
        (SpikeEquations spike, EventList events) = (Spike, Events);
        MembraneLanes<TLane> membrane = Membrane.OnLanes<TLane>();
        TLane threshold = TLane.Splat(Spike.Threshold), none = TLane.Splat(NoSpike);
        TLane reset = Spike.ResetWhereSpiking(threshold);
        float* weights = Weights;
        float* drive = Drive;
        int steps = Steps;
        int width = TLane.Width;
        int block = 4 * width;
        TLane v0 = TLane.Splat(0), v1 = v0, v2 = v0, v3 = v0;
        TLane i0 = v0, i1 = v0, i2 = v0, i3 = v0;
        float* current = Current;
        float* released = Released;
        int k = 0;
        for (int step = 0; step < steps; step++)
        {
            int end = events.End == null ? 0 : events.End[step];
            if (events.Value == null)
            {
                for (; k < end; k++)
                {
                    float* row = weights + (nint)events.Row[k] * block;
                    i0 += TLane.Load(row);
                    i1 += TLane.Load(row + width);
                    i2 += TLane.Load(row + 2 * width);
                    i3 += TLane.Load(row + 3 * width);
                }
            }
            else
            {
                for (; k < end; k++)
                {
                    float* row = weights + (nint)events.Row[k] * block;
                    TLane value = TLane.Splat(events.Value[k]);
                    i0 += value * TLane.Load(row);
                    i1 += value * TLane.Load(row + width);
                    i2 += value * TLane.Load(row + 2 * width);
                    i3 += value * TLane.Load(row + 3 * width);
                }
            }

            if (drive != null)
            {
                i0 += TLane.Load(drive);
                i1 += TLane.Load(drive + width);
                i2 += TLane.Load(drive + 2 * width);
                i3 += TLane.Load(drive + 3 * width);
            }

            if (released == null)
            {
                Advance(membrane, threshold, none, ref v0, ref i0, current);
                Advance(membrane, threshold, none, ref v1, ref i1, current + width);
                Advance(membrane, threshold, none, ref v2, ref i2, current + 2 * width);
                Advance(membrane, threshold, none, ref v3, ref i3, current + 3 * width);
                v0 = TLane.SelectGreaterOrEqual(v0, threshold, reset, v0);
                v1 = TLane.SelectGreaterOrEqual(v1, threshold, reset, v1);
                v2 = TLane.SelectGreaterOrEqual(v2, threshold, reset, v2);
                v3 = TLane.SelectGreaterOrEqual(v3, threshold, reset, v3);
            }
            else
            {
                Advance(membrane, threshold, none, ref v0, ref i0, current);
                Advance(membrane, threshold, none, ref v1, ref i1, current + width);
                Advance(membrane, threshold, none, ref v2, ref i2, current + 2 * width);
                Advance(membrane, threshold, none, ref v3, ref i3, current + 3 * width);
                TLane.Store(v0 = spike.ResetWhereSpiking(v0), released);
                TLane.Store(v1 = spike.ResetWhereSpiking(v1), released + width);
                TLane.Store(v2 = spike.ResetWhereSpiking(v2), released + 2 * width);
                TLane.Store(v3 = spike.ResetWhereSpiking(v3), released + 3 * width);
                released += block;
            }

            current += block;
            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                (v0, v1, v2, v3) = (Denormal.Flush(v0), Denormal.Flush(v1), Denormal.Flush(v2), Denormal.Flush(v3));
                (i0, i1, i2, i3) = (Denormal.Flush(i0), Denormal.Flush(i1), Denormal.Flush(i2), Denormal.Flush(i3));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(MembraneLanes<TLane> membrane, TLane threshold, TLane none, ref TLane v, ref TLane i, float* current)
    {
        (TLane before, TLane arrived) = (v, i);
        membrane.Step(ref v, ref i);
        TLane atSpike = SpikeEquations.Between(arrived, i, SpikeEquations.Crossing(before, v, threshold));
        TLane.Store(TLane.SelectGreaterOrEqual(v, threshold, atSpike, none), current);
    }
}
