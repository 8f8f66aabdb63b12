using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>A program with its weights in CPU memory, and the two passes of one example through it.</summary>
/// <remarks>Any number of threads may run passes at once, each with its own scratch and slot, while no weight changes.</remarks>
internal sealed unsafe class CpuNetwork<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly NativeBuffer<float> _readoutWeight;

    public CpuNetwork(NetworkProgram program)
    {
        Program = program;
        Weights = new CpuWeights(program, TLane.Width);
        _readoutWeight = new NativeBuffer<float>(program.Steps);
        for (int step = 0; step < program.Steps && program.Output.IsWeightedSum; step++)
        {
            _readoutWeight.Pointer[step] =
                (float)ReadoutEquations.Weight(program.Output.Readout, step, program.Steps, program.TimeStep);
        }
    }

    public NetworkProgram Program { get; }

    public CpuWeights Weights { get; }

    public LayerScratch CreateScratch() => new(Program, TLane.Width);

    public ExampleSlot CreateSlot() => new(Program, TLane.Width);

    /// <summary>The events of one example as the loops read them.</summary>
    /// <remarks>The pointers stay good as long as the caller keeps <paramref name="trains"/>: its arrays are pinned.</remarks>
    public static EventList EventsOf(SpikeTrains trains, int example) => new(
        (int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(trains.ChannelsOf(example))),
        trains.HasValues ? (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(trains.ValuesOf(example))) : null,
        (int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(trains.SegmentEnds(example))));

    /// <summary>Runs one example; leaves its spikes and readouts in the slot.</summary>
    public void Forward(EventList input, bool isConstantCurrent, LayerScratch scratch, ExampleSlot slot)
    {
        EventList events = input;
        for (int n = 0; n < Program.Hidden.Count; n++)
        {
            HiddenProgram hidden = Program.Hidden[n];
            bool constant = isConstantCurrent && n == 0;
            if (hidden.Adaptation.IsActive)
            {
                ForwardAdaptive(hidden, constant, events, scratch, slot.Tapes[n]);
                events = slot.Tapes[n].AsEvents();
                continue;
            }

            var pass = new HiddenForward<TLane>
            {
                Membrane = hidden.Membrane,
                Spike = hidden.Spike,
                Stride = Weights.Stride(hidden.Input),
                Steps = Program.Steps,
                Input = Weights[hidden.Input],
                Recurrent = hidden.Recurrent == null ? null : Weights[hidden.Recurrent],
                Events = constant ? default : events,
                Drive = constant ? ConstantDrive(hidden.Input, hidden.Membrane, events, scratch) : null,
                V = scratch.V,
                I = scratch.I,
                Held = scratch.Held,
                LastSpike = scratch.LastSpike,
                Spiking = scratch.Spiking,
                Tape = slot.Tapes[n],
            };
            pass.Run();
            events = slot.Tapes[n].AsEvents();
        }

        Output(events, isConstantCurrent && Program.Hidden.Count == 0, scratch, slot).Forward();
    }

    /// <summary>Runs the adjoint of one example backward from the loss in its slot.</summary>
    /// <param name="input">As in the forward pass.</param>
    /// <param name="isConstantCurrent">As in the forward pass.</param>
    /// <param name="scratch">The worker's memory.</param>
    /// <param name="slot">The example's forward pass.</param>
    /// <param name="traces">Where each layer writes its λI; the output is the last.</param>
    /// <param name="grazingLimit">Smallest slope that a spike's gradient is divided by.</param>
    /// <param name="push">What regularisation takes from each hidden neuron, layer after layer, or null.</param>
    public void Backward(
        EventList input, bool isConstantCurrent, LayerScratch scratch, ExampleSlot slot,
        ReadOnlySpan<AdjointTrace> traces, float grazingLimit, float* push)
    {
        int last = Program.Hidden.Count - 1;
        EventList events = last < 0 ? input : slot.Tapes[last].AsEvents();
        Output(events, isConstantCurrent && last < 0, scratch, slot).Backward(
            Program.Output.Loss.IsEveryStep ? null : slot.Output.LossByReadout, traces[^1].Steps, traces[^1].Sum, last < 0 ? null : slot.Tapes[last]);

        slot.Grazing = 0;
        float* pushEnd = push == null ? null : push + HiddenNeurons;
        for (int n = last; n >= 0; n--)
        {
            HiddenProgram hidden = Program.Hidden[n];
            pushEnd = push == null ? null : pushEnd - hidden.Units;
            var pass = new HiddenBackward<TLane>
            {
                Membrane = hidden.Membrane,
                Spike = hidden.Spike,
                GrazingLimit = grazingLimit,
                Stride = Weights.Stride(hidden.Input),
                Steps = Program.Steps,
                Tape = slot.Tapes[n],
                Recurrent = hidden.Recurrent == null ? null : Weights[hidden.Recurrent],
                Push = pushEnd,
                Presynaptic = n == 0 ? null : slot.Tapes[n - 1],
                Input = Weights[hidden.Input],
                Trace = traces[n].Steps,
                TraceSum = traces[n].Sum,
                LambdaV = scratch.V,
                LambdaI = scratch.I,
                ReleasePush = scratch.Held,
            };
            pass.Run();
            slot.Grazing += pass.Grazing;
        }
    }

    /// <summary>Prepares readouts that are taken step by step. Shape [output], padded.</summary>
    public void BeginRead(float* readout) => new Span<float>(readout, Weights.Stride(Program.Output.Input)).Fill(
        Program.Output.Readout == ReadoutKind.Maximum ? float.NegativeInfinity : 0);

    /// <summary>Adds V at the end of a step to readouts. Both of shape [output], padded.</summary>
    public void ReadStep(int step, float* membrane, float* readout)
    {
        TLane weight = TLane.Splat(_readoutWeight.Pointer[step]);
        for (int j = 0; j < Weights.Stride(Program.Output.Input); j += TLane.Width)
        {
            TLane v = TLane.Load(membrane + j);
            TLane y = TLane.Load(readout + j);
            TLane.Store(
                Program.Output.Readout == ReadoutKind.Maximum ? TLane.SelectGreaterOrEqual(v, y, v, y) : y + weight * v, readout + j);
        }
    }

    /// <summary>Number of neurons of all hidden layers.</summary>
    public int HiddenNeurons
    {
        get
        {
            int total = 0;
            for (int n = 0; n < Program.Hidden.Count; n++)
            {
                total += Program.Hidden[n].Units;
            }

            return total;
        }
    }

    public void Dispose()
    {
        Weights.Dispose();
        _readoutWeight.Dispose();
    }

    private void ForwardAdaptive(
        HiddenProgram hidden, bool isConstantCurrent, EventList events, LayerScratch scratch, SpikeTape tape)
    {
        var neurons = new AdaptiveNeurons<TLane>
        {
            Membrane = hidden.Membrane,
            Spike = hidden.Spike,
            Adaptation = hidden.Adaptation,
            Stride = Weights.Stride(hidden.Input),
            Input = Weights[hidden.Input],
            Recurrent = hidden.Recurrent == null ? null : Weights[hidden.Recurrent],
            Drive = isConstantCurrent ? ConstantDrive(hidden.Input, hidden.Membrane, events, scratch) : null,
            State = scratch.Adaptive,
        };
        neurons.Clear();
        tape.Clear();
        EventList arrivals = isConstantCurrent ? default : events;
        for (int step = 0; step < Program.Steps; step++)
        {
            neurons.Step(
                arrivals.Of(step), hidden.Recurrent == null ? default : tape.AsEvents().Of(step), tape,
                pseudoDerivative: null, rateSignal: null);
            tape.EndStep(step + 1);
            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                neurons.Flush();
            }
        }
    }

    private OutputPass<TLane> Output(EventList events, bool isConstantCurrent, LayerScratch scratch, ExampleSlot slot)
    {
        OutputProgram output = Program.Output;
        return new OutputPass<TLane>
        {
            Membrane = output.Membrane,
            IsMaximum = output.Readout == ReadoutKind.Maximum,
            ReadoutWeight = _readoutWeight.Pointer,
            StepReadout = slot.Output.StepReadout,
            Stride = Weights.Stride(output.Input),
            Steps = Program.Steps,
            Input = Weights[output.Input],
            Events = isConstantCurrent ? default : events,
            Drive = isConstantCurrent ? ConstantDrive(output.Input, output.Membrane, events, scratch) : null,
            V = scratch.V,
            I = scratch.I,
            Readout = slot.Output.Readout,
            MaximumStep = slot.Output.MaximumStep,
            MaximumSlope = slot.Output.MaximumSlope,
        };
    }

    private float* ConstantDrive(ConnectionProgram connection, MembraneEquations membrane, EventList events, LayerScratch scratch)
    {
        RowLoops<TLane>.SumRows(
            events, events.End[0], membrane.CurrentGain, Weights[connection], scratch.Drive, Weights.Stride(connection));
        return scratch.Drive;
    }
}
