using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Synapses whose delays differ: a ring of what is on its way forward, and of what came back backward.</summary>
/// <remarks>
/// Memory is (longest delay + 1) × targets per thread. In the backward pass the ring holds the derivatives of the next
/// steps, so that a spike at step t finds those of t + delay.
/// </remarks>
internal sealed unsafe class DelayedConnection<TLane> : GraphConnection<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    private readonly int _slots;
    private readonly int _steps;
    private readonly NativeBuffer<float> _ring;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _moved;

    public DelayedConnection(
        ConnectionProgram program, PopulationPass<TLane>? source, PopulationPass<TLane> target, InputProgram? input, int steps)
        : base(program, source, target, input)
    {
        DenseTable = program.IsDense ? SynapseTable.Dense(program.Rows, program.Columns) : null;
        _slots = program.Delay.Maximum + 1;
        _steps = steps;
        _ring = new NativeBuffer<float>((long)_slots * target.Stride);
        _errors = new NativeBuffer<float>(source == null ? 0 : (long)_slots * target.Stride);
        _moved = new NativeBuffer<float>(
            source != null && target.Program.Readout == ReadoutKind.Maximum ? (long)_slots * target.Stride : 0);
    }

    public override void BeginForward(EventList input)
    {
        base.BeginForward(input);
        Unsafe.InitBlock(_ring.Pointer, 0, (uint)(_ring.Length * sizeof(float)));
    }

    public override void Deliver(int step, float* weights)
    {
        ref ArrivalCursor spikes = ref Arrivals;
        spikes.MoveForward(step);
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
        if (Source != null)
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

            if (Source != null)
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

    private float* Slot(NativeBuffer<float> ring, int step) => ring.Pointer + (nint)(step % _slots) * Target.Stride;

    private void Send(int step, int row, SynapseSegment segment, float* weights, float value)
    {
        DelayProgram delay = Program.Delay;
        if (delay.OfWeight == null)
        {
            SegmentLoops<TLane>.AddScaled(
                weights + segment.Weight, value, Slot(_ring, step + delay.Of(row, 0)) + segment.Target, segment.Length);
            return;
        }

        for (int n = 0; n < segment.Length; n++)
        {
            int weight = segment.Weight + n;
            Slot(_ring, step + delay.OfWeight[weight])[segment.Target + n] += value * weights[weight];
        }
    }

    /// <summary>Adds to the gradient of a run of synapses and gives the error that they send back.</summary>
    private float Receive(int step, int row, SynapseSegment segment, float* weights, float* gradient, float value)
    {
        DelayProgram delay = Program.Delay;
        float error = 0;
        if (delay.OfWeight == null)
        {
            int arrival = step + delay.Of(row, 0);
            if (arrival < _steps)
            {
                SegmentLoops<TLane>.AddScaled(
                    Slot(_ring, arrival) + segment.Target, value, gradient + segment.Weight, segment.Length);
                error = Source == null
                    ? 0
                    : SegmentLoops<TLane>.Dot(weights + segment.Weight, Slot(_errors, arrival) + segment.Target, segment.Length);
                error += _moved.Length == 0 ? 0 : SegmentLoops<TLane>.Sum(Slot(_moved, arrival) + segment.Target, segment.Length);
            }

            return error;
        }

        for (int n = 0; n < segment.Length; n++)
        {
            int weight = segment.Weight + n;
            int arrival = step + delay.OfWeight[weight];
            if (arrival < _steps)
            {
                gradient[weight] += value * Slot(_ring, arrival)[segment.Target + n];
                error += Source == null ? 0 : weights[weight] * Slot(_errors, arrival)[segment.Target + n];
                error += _moved.Length == 0 ? 0 : Slot(_moved, arrival)[segment.Target + n];
            }
        }

        return error;
    }
}
