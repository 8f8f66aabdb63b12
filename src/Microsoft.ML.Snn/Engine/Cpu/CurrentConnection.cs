using System;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Features that are presented as the same current at every step: summed once per trial, and so is their gradient.</summary>
/// <remarks>What is there for the whole trial is not delayed.</remarks>
internal sealed unsafe class CurrentConnection<TLane> : GraphConnection<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    private readonly NativeBuffer<float> _sum;
    private bool _isSummed;

    public CurrentConnection(ConnectionProgram program, CellPass<TLane> target, InputProgram input)
        : base(program with { Delay = DelayProgram.None }, null, target, input)
    {
        DenseTable = program.IsDense ? SynapseTable.Dense(program.Rows, program.IsMatrix ? target.Stride : program.Columns) : null;
        _sum = new NativeBuffer<float>(target.Stride);
    }

    public override void BeginForward(EventList input)
    {
        base.BeginForward(input);
        _isSummed = false;
    }

    public override void BeginBackward(EventList input)
    {
        base.BeginBackward(input);
        Clear();
    }

    public override void Deliver(int step, float* weights)
    {
        Target.Wake();
        if (!_isSummed)
        {
            _isSummed = true;
            Sum(weights);
        }

        SegmentLoops<TLane>.AddScaled(_sum.Pointer, 1, Target.Arrivals(Program.Group), Target.Stride);
    }

    public override void Collect(int step, float* weights, float* gradient) =>
        SegmentLoops<TLane>.AddScaled(Target.Arrivals(Program.Group), 1, _sum.Pointer, Target.Stride);

    public override void EndBackward(float* weights, float* gradient)
    {
        if (Target.Coefficients.Derivatives != null)
        {
            AddGainGradients(weights);
        }

        Scale();
        ref ArrivalCursor features = ref Arrivals;
        features.MoveBackward(0);
        for (int k = features.First; k < features.End; k++)
        {
            float value = features.Value == null ? 1 : features.Value[k];
            foreach (SynapseSegment segment in Table.Row(features.Row[k] - FirstChannel))
            {
                SegmentLoops<TLane>.AddScaled(_sum.Pointer + segment.Target, value, gradient + segment.Weight, segment.Length);
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _sum.Dispose();
    }

    /// <summary>The time constants decide how large the kick of a current is at each step.</summary>
    private void AddGainGradients(float* weights)
    {
        float[] derivatives = new Span<float>(_sum.Pointer, Target.Stride).ToArray();
        Accumulate(weights);
        for (int n = 0; n < Target.Program.Units; n++)
        {
            Target.AddGainGradient(Program.Group, n, derivatives[n], _sum.Pointer[n]);
        }

        derivatives.CopyTo(new Span<float>(_sum.Pointer, Target.Stride));
    }

    private void Sum(float* weights)
    {
        Accumulate(weights);
        Scale();
    }

    private void Accumulate(float* weights)
    {
        Clear();
        ref ArrivalCursor features = ref Arrivals;
        features.MoveForward(0);
        for (int k = features.First; k < features.End; k++)
        {
            float value = features.Value == null ? 1 : features.Value[k];
            foreach (SynapseSegment segment in Table.Row(features.Row[k] - FirstChannel))
            {
                SegmentLoops<TLane>.AddScaled(weights + segment.Weight, value, _sum.Pointer + segment.Target, segment.Length);
            }
        }
    }

    private void Scale()
    {
        float* gain = Target.Coefficients.Groups[Program.Group].Gain;
        for (int n = 0; n < Target.Stride; n++)
        {
            _sum.Pointer[n] *= gain[n];
        }
    }

    private void Clear() => Unsafe.InitBlock(_sum.Pointer, 0, (uint)(_sum.Length * sizeof(float)));
}
