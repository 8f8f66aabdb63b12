using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Runs one spiking layer through one trial.</summary>
/// <remarks>
/// Register-blocked: for a block of four lanes of neurons the currents stay in registers while the rows of all
/// spikes of the step are added, and go on into the neuron's equations without a trip through memory.
/// </remarks>
internal unsafe ref struct HiddenForward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required MembraneEquations Membrane;
    public required SpikeEquations Spike;

    /// <summary>Number of neurons, padded to whole lanes; also the distance between two rows of both weight matrices.</summary>
    public required int Stride;
    public required int Steps;

    /// <summary>Weights from the layer before, shape [row, neuron].</summary>
    public required float* Input;

    /// <summary>Weights within the layer, shape [neuron, neuron], or null.</summary>
    public required float* Recurrent;
    public required EventList Events;

    /// <summary>Current added at every step, shape [neuron], or null.</summary>
    public required float* Drive;

    /// <summary>Scratch memory of shape [neuron] each: potential, current, steps left in the refractory period, last spike on the tape.</summary>
    public required float* V;
    public required float* I;
    public required float* Held;
    public required int* LastSpike;

    /// <summary>Scratch memory of three lanes: potential before and after the step, and current before it, where a neuron spiked.</summary>
    public required float* Spiking;
    public required SpikeTape Tape;

    private int _step;
    private int _firstEvent;
    private int _endEvent;
    private int _firstRecurrent;
    private int _endRecurrent;

    public void Run()
    {
        Unsafe.InitBlock(V, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(I, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(Held, 0, (uint)(Stride * sizeof(float)));
        Tape.Clear();

        _endEvent = 0;
        _endRecurrent = 0;
        for (_step = 0; _step < Steps; _step++)
        {
            _firstEvent = _endEvent;
            _endEvent = Events.End == null ? 0 : Events.End[_step];
            _firstRecurrent = _endRecurrent;
            _endRecurrent = Recurrent == null ? 0 : Tape.Count;

            int j = 0;
            for (; j <= Stride - 4 * TLane.Width; j += 4 * TLane.Width)
            {
                StepFourLanes(j);
            }

            for (; j < Stride; j += TLane.Width)
            {
                StepOneLane(j);
            }

            Tape.EndStep(_step + 1);
            if (_step % Denormal.StepsBetweenFlushes == 0)
            {
                RowLoops<TLane>.Flush(V, Stride);
                RowLoops<TLane>.Flush(I, Stride);
            }
        }
    }

    private void StepFourLanes(int j)
    {
        float* current = I + j;
        TLane i0 = TLane.Load(current);
        TLane i1 = TLane.Load(current + TLane.Width);
        TLane i2 = TLane.Load(current + 2 * TLane.Width);
        TLane i3 = TLane.Load(current + 3 * TLane.Width);

        float* weights = Input + j;
        if (Events.Value == null)
        {
            AddRows(weights, Events.Row, _firstEvent, _endEvent, ref i0, ref i1, ref i2, ref i3);
        }
        else
        {
            for (int k = _firstEvent; k < _endEvent; k++)
            {
                float* row = weights + (nint)Events.Row[k] * Stride;
                TLane value = TLane.Splat(Events.Value[k]);
                i0 += value * TLane.Load(row);
                i1 += value * TLane.Load(row + TLane.Width);
                i2 += value * TLane.Load(row + 2 * TLane.Width);
                i3 += value * TLane.Load(row + 3 * TLane.Width);
            }
        }

        AddRows(Recurrent + j, Tape.Neuron, _firstRecurrent, _endRecurrent, ref i0, ref i1, ref i2, ref i3);

        Advance(j, i0);
        Advance(j + TLane.Width, i1);
        Advance(j + 2 * TLane.Width, i2);
        Advance(j + 3 * TLane.Width, i3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void AddRows(
        float* weights, int* rows, int first, int end, ref TLane i0, ref TLane i1, ref TLane i2, ref TLane i3)
    {
        nint stride = Stride;
        for (int k = first; k < end; k++)
        {
            float* row = weights + rows[k] * stride;
            i0 += TLane.Load(row);
            i1 += TLane.Load(row + TLane.Width);
            i2 += TLane.Load(row + 2 * TLane.Width);
            i3 += TLane.Load(row + 3 * TLane.Width);
        }
    }

    private void StepOneLane(int j)
    {
        TLane current = TLane.Load(I + j);
        for (int k = _firstEvent; k < _endEvent; k++)
        {
            TLane row = TLane.Load(Input + (nint)Events.Row[k] * Stride + j);
            current += Events.Value == null ? row : TLane.Splat(Events.Value[k]) * row;
        }

        for (int k = _firstRecurrent; k < _endRecurrent; k++)
        {
            current += TLane.Load(Recurrent + (nint)Tape.Neuron[k] * Stride + j);
        }

        Advance(j, current);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(int j, TLane arrived)
    {
        if (Drive != null)
        {
            arrived += TLane.Load(Drive + j);
        }

        TLane before = TLane.Load(V + j);
        TLane v = before;
        TLane i = arrived;
        Membrane.Step(ref v, ref i);
        TLane.Store(i, I + j);

        uint spikes = TLane.MaskGreaterOrEqual(v, TLane.Splat(Spike.Threshold));
        TLane after = Spike.ResetWhereSpiking(v);
        if (Spike.RefractorySteps > 0)
        {
            spikes &= ~Hold(j, before, ref after);
        }

        TLane.Store(after, V + j);
        if (spikes != 0)
        {
            TLane.Store(before, Spiking);
            TLane.Store(v, Spiking + TLane.Width);
            TLane.Store(arrived, Spiking + 2 * TLane.Width);
            Record(j, spikes);
        }
    }

    /// <summary>Keeps the potential of neurons in their refractory period, and notes the current of those that leave it.</summary>
    /// <returns>A bit for each neuron that was held.</returns>
    private readonly uint Hold(int j, TLane before, ref TLane after)
    {
        TLane one = TLane.Splat(1);
        TLane held = TLane.Load(Held + j);
        TLane left = TLane.SelectGreaterOrEqual(held, one, held - one, held);
        TLane.Store(left, Held + j);
        after = TLane.SelectGreaterOrEqual(held, one, before, after);

        uint wasHeld = TLane.MaskGreaterOrEqual(held, one);
        uint released = wasHeld & ~TLane.MaskGreaterOrEqual(left, one);
        for (; released != 0; released &= released - 1)
        {
            int neuron = j + BitOperations.TrailingZeroCount(released);
            Tape.ReleaseSlope[LastSpike[neuron]] = I[neuron] - V[neuron];
        }

        return wasHeld;
    }

    /// <summary>Writes the spikes of one lane to the tape.</summary>
    private readonly void Record(int j, uint spikes)
    {
        Tape.Reserve(TLane.Width);
        int at = Tape.Count;
        bool refractory = Spike.RefractorySteps > 0;
        for (; spikes != 0; spikes &= spikes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(spikes);
            int neuron = j + lane;
            float current = Spike.CurrentAtSpike(
                Spiking[lane], Spiking[TLane.Width + lane], Spiking[2 * TLane.Width + lane], I[neuron]);
            Tape.Neuron[at] = neuron;
            Tape.Current[at] = current;
            Tape.Error[at] = 0;

            // Without a refractory period the neuron is released as it spikes.
            Tape.ReleaseSlope[at] = refractory ? 0 : current - V[neuron];
            if (refractory)
            {
                Held[neuron] = Spike.RefractorySteps;
                LastSpike[neuron] = at;
            }

            at++;
        }

        Tape.Count = at;
    }
}
