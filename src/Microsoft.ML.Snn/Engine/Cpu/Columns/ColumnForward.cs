using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>Runs a block of four lanes of neurons through one trial.</summary>
/// <remarks>
/// <para>In two loops, for neurons of a layer without recurrent connections do not meet, and a current does not know of
/// spikes: first the currents of the whole trial, in registers while events are added; then, two lanes at a time, the
/// potentials, whose spikes take the place of the currents. So each loop has what it needs in registers.</para>
/// <para>Nothing asks whether a neuron spiked: about every second lane of a layer at work has a spike, and a branch that
/// cannot be predicted costs more than the arithmetic that it saves.</para>
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

    /// <summary>Runs the trial.</summary>
    public readonly void Run()
    {
        AddEvents();
        FindSpikes();
    }

    /// <summary>Leaves the current in each step, before it decays, in <see cref="Current"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddEvents()
    {
        // Copies, which no store through a pointer can be thought to change: the loop keeps their numbers in registers.
        EventList events = Events;
        MembraneLanes<TLane> membrane = Membrane.OnLanes<TLane>();
        float* weights = Weights;
        float* drive = Drive;
        int steps = Steps;
        int width = TLane.Width;
        int block = 4 * width;
        TLane i0 = TLane.Splat(0), i1 = i0, i2 = i0, i3 = i0;
        float* current = Current;
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

            TLane.Store(i0, current);
            TLane.Store(i1, current + width);
            TLane.Store(i2, current + 2 * width);
            TLane.Store(i3, current + 3 * width);
            current += block;
            (i0, i1, i2, i3) = (membrane.Decay(i0), membrane.Decay(i1), membrane.Decay(i2), membrane.Decay(i3));
            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                (i0, i1, i2, i3) = (Denormal.Flush(i0), Denormal.Flush(i1), Denormal.Flush(i2), Denormal.Flush(i3));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void FindSpikes()
    {
        SpikeEquations spike = Spike;
        MembraneLanes<TLane> membrane = Membrane.OnLanes<TLane>();
        TLane threshold = TLane.Splat(Spike.Threshold), none = TLane.Splat(NoSpike);
        TLane reset = Spike.ResetWhereSpiking(threshold);
        int steps = Steps;
        int width = TLane.Width;
        int block = 4 * width;
        for (int j = 0; j < block; j += 2 * width)
        {
            TLane v0 = TLane.Splat(0), v1 = v0;
            float* current = Current + j;
            float* released = Released == null ? null : Released + j;
            for (int step = 0; step < steps; step++, current += block)
            {
                Advance(membrane, threshold, none, ref v0, current);
                Advance(membrane, threshold, none, ref v1, current + width);
                if (released == null)
                {
                    v0 = TLane.SelectGreaterOrEqual(v0, threshold, reset, v0);
                    v1 = TLane.SelectGreaterOrEqual(v1, threshold, reset, v1);
                }
                else
                {
                    TLane.Store(v0 = spike.ResetWhereSpiking(v0), released);
                    TLane.Store(v1 = spike.ResetWhereSpiking(v1), released + width);
                    released += block;
                }

                if (step % Denormal.StepsBetweenFlushes == 0)
                {
                    (v0, v1) = (Denormal.Flush(v0), Denormal.Flush(v1));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(MembraneLanes<TLane> membrane, TLane threshold, TLane none, ref TLane v, float* current)
    {
        TLane before = v, arrived = TLane.Load(current), i = arrived;
        membrane.Step(ref v, ref i);
        TLane atSpike = SpikeEquations.Between(arrived, i, SpikeEquations.Crossing(before, v, threshold));
        TLane.Store(TLane.SelectGreaterOrEqual(v, threshold, atSpike, none), current);
    }
}
