using System;
using System.IO;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Synapses whose delays differ or are learned: a ring of what is on its way forward, and of what came back backward.</summary>
/// <remarks>
/// <para>Memory is (longest delay + 1) × targets per thread. In the backward pass the ring holds the derivatives of the
/// next steps, so that a spike at step t finds those of t + delay.</para>
/// <para>∂L/∂delay is what the arrivals send back to the spike: a spike that arrives later by δ acts as one that was
/// sent later. Source: Mészáros, Knight and Nowotny, Efficient event-based delay learning in spiking neural networks (2025).</para>
/// </remarks>
internal sealed unsafe class DelayedConnection<TLane> : GraphConnection<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    private readonly DelayForm _form;
    private readonly int[] _delays;
    private readonly int _slots;
    private readonly NativeBuffer<float> _ring;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _moved;
    private int _origin;

    // Whether nothing has been sent yet in this trial.
    private bool _isEmpty;

    /// <summary>Allocates the rings.</summary>
    /// <param name="program">The connection.</param>
    /// <param name="source">The neurons that spikes come from, or null.</param>
    /// <param name="target">The neurons that they go to.</param>
    /// <param name="input">The input that they come from, or null.</param>
    /// <param name="delays">The delays; read at every spike, so that they may change between two trials.</param>
    public DelayedConnection(
        ConnectionProgram program, CellPass<TLane>? source, CellPass<TLane> target, InputProgram? input, int[] delays)
        : base(program with { Delay = DelayProgram.None }, source, target, input)
    {
        DenseTable = program.IsDense ? SynapseTable.Dense(program.Rows, program.Columns) : null;
        (_form, _delays, _slots) = (program.Delay.Form, delays, program.Delay.Maximum + 1);
        long ring = (long)_slots * target.Stride;
        bool needsErrors = source != null || program.Delay.IsLearned;
        _ring = new NativeBuffer<float>(ring);
        _errors = new NativeBuffer<float>(needsErrors ? ring : 0);
        _moved = new NativeBuffer<float>(needsErrors && target.Program.Readout is ReadoutKind.Maximum or ReadoutKind.FirstSpikeTime ? ring : 0);
    }

    public override void BeginForward(EventList input)
    {
        base.BeginForward(input);
        new Span<float>(_ring.Pointer, (int)_ring.Length).Clear();
        _isEmpty = true;
        _origin = 0;
    }

    public override void MoveOrigin(int steps) => _origin = (_origin + steps) % _slots;

    public override void WriteState(BinaryWriter writer, int step)
    {
        for (int later = 0; later < _slots; later++)
        {
            StateStream.Write<float>(writer, new Span<float>(Slot(_ring, step + later), Target.Program.Units));
        }
    }

    public override void ReadState(BinaryReader reader, int step)
    {
        for (int later = 0; later < _slots; later++)
        {
            StateStream.Read(reader, new Span<float>(Slot(_ring, step + later), Target.Program.Units));
        }

        _isEmpty = false;
    }

    public override void Deliver(int step, float* weights)
    {
        ref ArrivalCursor spikes = ref Arrivals;
        spikes.MoveForward(step);
        _isEmpty &= spikes.IsEmpty;
        if (_isEmpty)
        {
            return;
        }

        Target.Wake();
        for (int k = spikes.First; k < spikes.End; k++)
        {
            int row = spikes.Row[k] - FirstChannel;
            float value = spikes.Value == null ? 1 : spikes.Value[k];
            foreach (SynapseSegment segment in Table.Row(row))
            {
                Send(step, row, segment, weights, value);
            }
        }

        float* arriving = Slot(_ring, step);
        SegmentLoops<TLane>.AddScaled(arriving, 1, Target.Arrivals(Program.Group), Target.Stride);
        Unsafe.InitBlock(arriving, 0, (uint)(Target.Stride * sizeof(float)));
    }

    public override void Collect(int step, float* weights, float* gradient)
    {
        uint bytes = (uint)(Target.Stride * sizeof(float));
        Unsafe.CopyBlock(Slot(_ring, step), Target.Arrivals(Program.Group), bytes);
        if (_errors.Length > 0 && SendsErrors)
        {
            Unsafe.CopyBlock(Slot(_errors, step), Target.ArrivalErrors(Program.Group, step), bytes);
        }

        if (_moved.Length > 0)
        {
            Unsafe.CopyBlock(Slot(_moved, step), Target.MovedErrors, bytes);
        }

        ref ArrivalCursor spikes = ref Arrivals;
        spikes.MoveBackward(step);
        for (int k = spikes.First; k < spikes.End; k++)
        {
            int row = spikes.Row[k] - FirstChannel;
            float value = spikes.Value == null ? 1 : spikes.Value[k];
            float error = 0;
            foreach (SynapseSegment segment in Table.Row(row))
            {
                error += Receive(step, row, segment, weights, gradient, value);
            }

            if (Source != null && SendsErrors)
            {
                spikes.Error[k] += error;
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _ring.Dispose();
        _errors.Dispose();
        _moved.Dispose();
    }

    private float* Slot(NativeBuffer<float> ring, int step) => ring.Pointer + (nint)((step + _origin) % _slots) * Target.Stride;

    /// <summary>The slot of a step that is less than a turn of the ring ahead: a division at every synapse would take longest of all.</summary>
    private int Wrapped(int slot) => slot < _slots ? slot : slot - _slots;

    /// <summary>Which delay a row has, where its synapses share one.</summary>
    private int DelayOfRow(int row) => _form == DelayForm.PerRow ? row : 0;

    private void Send(int step, int row, SynapseSegment segment, float* weights, float value)
    {
        if (_form != DelayForm.PerWeight)
        {
            SegmentLoops<TLane>.AddScaled(
                weights + segment.Weight, value, Slot(_ring, step + _delays[DelayOfRow(row)]) + segment.Target, segment.Length);
            return;
        }

        int now = (step + _origin) % _slots;
        int stride = Target.Stride;
        float* target = _ring.Pointer + segment.Target;
        for (int n = 0; n < segment.Length; n++)
        {
            int weight = segment.Weight + n;
            target[(nint)Wrapped(now + _delays[weight]) * stride + n] += value * weights[weight];
        }
    }

    /// <summary>Adds to the gradient of a run of synapses and gives the error that they send back.</summary>
    private float Receive(int step, int row, SynapseSegment segment, float* weights, float* gradient, float value)
    {
        if (_form == DelayForm.PerWeight)
        {
            float sum = 0;
            int now = (step + _origin) % _slots;
            int stride = Target.Stride;
            for (int n = 0; n < segment.Length; n++)
            {
                int weight = segment.Weight + n;
                if (step + _delays[weight] < Target.Steps)
                {
                    nint at = (nint)Wrapped(now + _delays[weight]) * stride + segment.Target + n;
                    sum += ReceiveOne(at, weight, weights, gradient, value);
                }
            }

            return sum;
        }

        int delay = DelayOfRow(row);
        int arrival = step + _delays[delay];
        if (arrival >= Target.Steps)
        {
            return 0;
        }

        SegmentLoops<TLane>.AddScaled(Slot(_ring, arrival) + segment.Target, value, gradient + segment.Weight, segment.Length);
        float error = _errors.Length == 0
            ? 0
            : value * SegmentLoops<TLane>.Dot(weights + segment.Weight, Slot(_errors, arrival) + segment.Target, segment.Length);

        // A maximum moves with the arrival that ended its rise, however strong that was.
        error += _moved.Length == 0 ? 0 : SegmentLoops<TLane>.Sum(Slot(_moved, arrival) + segment.Target, segment.Length);
        if (DelayGradient != null)
        {
            DelayGradient[delay] += error;
        }

        return error;
    }

    private float ReceiveOne(nint at, int weight, float* weights, float* gradient, float value)
    {
        gradient[weight] += value * _ring.Pointer[at];
        float error = _errors.Length == 0 ? 0 : value * weights[weight] * _errors.Pointer[at];
        error += _moved.Length == 0 ? 0 : _moved.Pointer[at];
        if (DelayGradient != null)
        {
            DelayGradient[weight] += error;
        }

        return error;
    }
}
