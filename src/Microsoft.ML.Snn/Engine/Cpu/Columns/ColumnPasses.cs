using System;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>The passes of one block of neurons through one trial, and the readout between them.</summary>
/// <remarks>
/// Compiled at once and not inlined: left to the tiers of the compiler, some processes ran the forward or the backward pass ten
/// times as slow from beginning to end.
/// </remarks>
internal sealed unsafe class ColumnPasses<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private static readonly int BlockWidth = 4 * TLane.Width;

    private readonly NetworkProgram _program;
    private readonly HiddenProgram _hidden;
    private readonly ColumnMatrix _input;
    private readonly ColumnMatrix _output;
    private readonly ColumnMemory _memory;
    private readonly NativeBuffer<float> _profile;

    public ColumnPasses(NetworkProgram program, ColumnMatrix input, ColumnMatrix output, ColumnMemory memory)
    {
        (_program, _hidden, _input, _output, _memory) = (program, program.Hidden[0], input, output, memory);
        _profile = new NativeBuffer<float>(3L * program.Steps);
        var profile = new ReadoutProfile(program);
        profile.Response.CopyTo(new Span<float>(Response, program.Steps));
        profile.Error.CopyTo(new Span<float>(Error, program.Steps));
        profile.Trace.CopyTo(new Span<float>(Trace, program.Steps));
    }

    private float* Response => _profile.Pointer;

    private float* Error => _profile.Pointer + _program.Steps;

    private float* Trace => _profile.Pointer + 2 * _program.Steps;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(int worker, int block, int slot, EventList events, bool isConstantCurrent, float grazingLimit)
    {
        float* drive = _memory.Drive(worker);
        if (isConstantCurrent)
        {
            RowLoops<TLane>.SumRows(events, events.End[0], _hidden.Membrane.CurrentGain, _input[block], drive, BlockWidth);
        }

        new ColumnForward<TLane>
        {
            Membrane = _hidden.Membrane,
            Spike = _hidden.Spike,
            Steps = _program.Steps,
            Weights = _input[block],
            Events = isConstantCurrent ? default : events,
            Drive = isConstantCurrent ? drive : null,
            Current = _memory.Current(block, slot),
            Released = _memory.ReleasedStride == 0 ? null : _memory.Released(block, slot),
        }.Run();
        var summary = new ColumnSummary<TLane>
        {
            Spike = _hidden.Spike,
            GrazingLimit = grazingLimit,
            Steps = _program.Steps,
            Current = _memory.Current(block, slot),
            Response = Response,
            Trace = Trace,
            Responses = _memory.Responses(block, slot),
            Traces = _memory.Traces(block, slot),
            Counts = _memory.NeuronCounts(block, slot),
        };
        summary.Run();
        _memory.Spikes(block, slot) = summary.Spikes;
        _memory.Grazing(block, slot) = summary.Grazing;
    }

    /// <summary>Y[k] = Σ w[j, k]·(what the spikes of j count for), block after block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(int worker, int slot, float* readout)
    {
        int width = TLane.Width;
        int outputs = _program.Output.Units;
        if (slot + 1 < _memory.Slots)
        {
            // Other cores have them.
            CacheLines.Prefetch(_memory.Responses(block: 0, slot + 1), (long)_memory.Blocks * BlockWidth * sizeof(float));
        }

        float* sums = _memory.OutputSums(worker);
        Unsafe.InitBlock(sums, 0, (uint)(outputs * width * sizeof(float)));
        for (int block = 0; block < _memory.Blocks; block++)
        {
            if (_memory.Spikes(block, slot) == 0)
            {
                continue;
            }

            float* response = _memory.Responses(block, slot);
            TLane r0 = TLane.Load(response), r1 = TLane.Load(response + width);
            TLane r2 = TLane.Load(response + 2 * width), r3 = TLane.Load(response + 3 * width);
            float* row = _output[block];
            for (int k = 0; k < outputs; k++, row += BlockWidth)
            {
                TLane sum = TLane.Load(sums + (nint)k * width)
                    + (r0 * TLane.Load(row) + r1 * TLane.Load(row + width))
                    + (r2 * TLane.Load(row + 2 * width) + r3 * TLane.Load(row + 3 * width));
                TLane.Store(sum, sums + (nint)k * width);
            }
        }

        for (int k = 0; k < outputs; k++)
        {
            readout[k] = TLane.Sum(TLane.Load(sums + (nint)k * width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(int worker, int block, int slot, float* lossByReadout, bool isConstantCurrent, float grazingLimit)
    {
        float* lambda = _memory.Lambda(block, slot);
        if (_memory.Spikes(block, slot) == 0)
        {
            Unsafe.InitBlock(lambda, 0, (uint)(_memory.Segments * BlockWidth * sizeof(float)));
            return;
        }

        FeedBack(block, lossByReadout, _memory.Feedback(worker));
        float* trace = _memory.Current(block, slot);
        new ColumnBackward<TLane>
        {
            Membrane = _hidden.Membrane,
            Spike = _hidden.Spike,
            GrazingLimit = grazingLimit,
            Steps = _program.Steps,
            Current = trace,
            Released = _memory.Released(block, slot),
            ReleasedStride = _memory.ReleasedStride,
            Feedback = _memory.Feedback(worker),
            Error = Error,
            Push = _memory.Push(worker),
        }.Run();
        if (isConstantCurrent)
        {
            SumSteps(trace, lambda);
        }
    }

    public void Dispose() => _profile.Dispose();

    /// <summary>feedback[j] = Σ w[j, k]·∂L/∂Y[k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FeedBack(int block, float* lossByReadout, float* feedback)
    {
        int width = TLane.Width;
        TLane f0 = TLane.Splat(0), f1 = f0, f2 = f0, f3 = f0;
        float* row = _output[block];
        for (int k = 0; k < _program.Output.Units; k++, row += BlockWidth)
        {
            TLane loss = TLane.Splat(lossByReadout[k]);
            f0 += loss * TLane.Load(row);
            f1 += loss * TLane.Load(row + width);
            f2 += loss * TLane.Load(row + 2 * width);
            f3 += loss * TLane.Load(row + 3 * width);
        }

        // Where the network is sure of the example there is next to nothing.
        TLane.Store(Denormal.Flush(f0), feedback);
        TLane.Store(Denormal.Flush(f1), feedback + width);
        TLane.Store(Denormal.Flush(f2), feedback + 2 * width);
        TLane.Store(Denormal.Flush(f3), feedback + 3 * width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumSteps(float* trace, float* sum)
    {
        for (int j = 0; j < BlockWidth; j += TLane.Width)
        {
            TLane total = TLane.Splat(0);
            for (int step = _program.Steps - 1; step >= 0; step--)
            {
                total += TLane.Load(trace + (nint)step * BlockWidth + j);
            }

            TLane.Store(total, sum + j);
        }
    }
}
