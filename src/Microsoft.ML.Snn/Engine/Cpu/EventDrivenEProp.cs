using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>e-prop without a state per synapse: O(steps·neurons + spikes·targets) work.</summary>
/// <remarks>
/// <para>An example runs forward and leaves the pseudo-derivative of every neuron and step and the errors of the outputs. One
/// scan backward turns the errors into Q = dL/dI of the outputs; a second one turns Q, through the feedback, into the
/// learning signals, and these into H = dL/dI of the hidden neurons as e-prop sees it, in place of the
/// pseudo-derivatives. The gradient of a weight is the sum of H over the spikes that used it.</para>
/// <para>The order of the sums does not depend on the number of threads.</para>
/// </remarks>
internal sealed unsafe class EventDrivenEProp<TLane> : EPropEngine<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    private readonly NativeBuffer<float>[] _traces;
    private readonly NativeBuffer<float>[] _sums;
    private readonly SpikeTape[][] _tapes;
    private readonly NativeBuffer<float>[] _workers;
    private readonly NativeBuffer<float>[] _rates;
    private readonly Action<int, int> _runExample;
    private readonly Action<int, int> _sort;
    private readonly int _stride;
    private readonly NativeBuffer<float> _biases;

    public EventDrivenEProp(NetworkProgram program, EPropSettings settings, int batchSize, int threads)
        : base(program, settings, batchSize, threads)
    {
        int outputs = Network.Weights.Stride(program.Output.Input);
        _traces = new NativeBuffer<float>[Layers.Length + 1];
        _sums = new NativeBuffer<float>[Layers.Length + 1];
        _stride = outputs;
        long rates = 0;
        for (int layer = 0; layer <= Layers.Length; layer++)
        {
            int stride = layer < Layers.Length ? Layers[layer].Stride : outputs;
            _traces[layer] = new NativeBuffer<float>((long)batchSize * program.Steps * stride);
            _sums[layer] = new NativeBuffer<float>(layer == 0 ? (long)batchSize * stride : 0);
            _stride = Math.Max(_stride, stride);
            rates = layer < Layers.Length && Layers[layer].Rate.IsActive ? Math.Max(rates, (long)program.Steps * stride) : rates;
        }

        _biases = new NativeBuffer<float>(Bias == null ? 0 : (long)batchSize * outputs);
        _tapes = new SpikeTape[batchSize][];
        for (int slot = 0; slot < batchSize; slot++)
        {
            _tapes[slot] = Array.ConvertAll(Layers, layer => new SpikeTape(program.Steps, layer.Hidden.Units));
        }

        _workers = new NativeBuffer<float>[threads];
        _rates = new NativeBuffer<float>[threads];
        for (int worker = 0; worker < threads; worker++)
        {
            _workers[worker] = new NativeBuffer<float>((AdaptiveNeurons<TLane>.StateArrays + 2L) * _stride);
            _rates[worker] = new NativeBuffer<float>(rates * Layers.Length);
        }

        (_runExample, _sort) = (RunExample, Sort);
    }

    private int Steps => Program.Steps;

    private protected override void ComputeGradient()
    {
        long start = Stopwatch.GetTimestamp();
        Plan();
        Team.Run(Count, _runExample);
        if (Bias != null)
        {
            SumBiases(Bias);
        }

        long ran = Stopwatch.GetTimestamp();
        Team.Run(WeightUpdate.Learning.Length + Feedback.Learning.Length, _sort);
        Phases.Add(ran - start, Stopwatch.GetTimestamp() - ran, 0);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _biases.Dispose();
            Array.ForEach(_traces, trace => trace.Dispose());
            Array.ForEach(_sums, sum => sum.Dispose());
            Array.ForEach(_workers, worker => worker.Dispose());
            Array.ForEach(_rates, rate => rate.Dispose());
            Array.ForEach(_tapes, tapes => Array.ForEach(tapes, tape => tape.Dispose()));
        }
    }

    /// <summary>Says what every connection gathers its gradient from.</summary>
    private void Plan()
    {
        for (int layer = 0; layer < Layers.Length; layer++)
        {
            HiddenProgram hidden = Layers[layer].Hidden;
            Plan(WeightUpdate.Learning[hidden.Input.Index], layer, hidden.Membrane, layer == 0 && Trains.IsConstantCurrent);
            if (hidden.Recurrent != null)
            {
                Plan(WeightUpdate.Learning[hidden.Recurrent.Index], layer, hidden.Membrane, isConstant: false);
            }
        }

        int output = Layers.Length;
        Plan(
            WeightUpdate.Learning[Program.Output.Input.Index], output, Program.Output.Membrane, output == 0 && Trains.IsConstantCurrent);
        foreach (ConnectionLearning learning in Feedback.Learning)
        {
            Plan(learning, output, Program.Output.Membrane, isConstant: false);
        }
    }

    private void Plan(ConnectionLearning learning, int layer, MembraneEquations membrane, bool isConstant)
    {
        learning.Trace = isConstant ? _sums[layer].Pointer : _traces[layer].Pointer;
        learning.Segments = isConstant ? 1 : Steps;
        learning.Scale = isConstant ? membrane.CurrentGain : 1;
        if (learning.Events.Length == 0)
        {
            learning.Events = new EventList[Examples.Length];
        }
    }

    private void RunExample(int worker, int job)
    {
        EventList input = CpuNetwork<TLane>.EventsOf(Trains, Examples[job]);
        EventList events = input;
        float* state = _workers[worker].Pointer;
        float* drive = state + AdaptiveNeurons<TLane>.StateArrays * _stride;
        foreach (EPropLayer layer in Layers)
        {
            RunHidden(worker, job, layer, events, Drive(layer.Hidden.Input, layer.Hidden.Membrane, events, drive));
            events = _tapes[job][layer.Index].AsEvents();
        }

        RunOutput(job, events, state, Drive(Program.Output.Input, Program.Output.Membrane, events, drive), drive + _stride);
        foreach (EPropLayer layer in Layers)
        {
            ScanHidden(worker, job, layer);
            CountSpikes(job, layer.Index, _tapes[job][layer.Index]);
        }
    }

    private void RunHidden(int worker, int job, EPropLayer layer, EventList events, float* drive)
    {
        AdaptiveNeurons<TLane> neurons = layer.Neurons<TLane>(Network.Weights, _workers[worker].Pointer, drive, Count);
        neurons.Clear();
        SpikeTape tape = _tapes[job][layer.Index];
        tape.Clear();
        EventList arrivals = drive == null ? events : default;
        float* trace = TraceOf(job, layer.Index, layer.Stride);
        float* rates = RatesOf(worker, layer);
        for (int step = 0; step < Steps; step++)
        {
            nint at = (nint)step * layer.Stride;
            EventSpan recurrent = layer.Hidden.Recurrent == null ? default : tape.AsEvents().Of(step);
            neurons.Step(arrivals.Of(step), recurrent, tape, trace + at, rates == null ? null : rates + at);
            tape.EndStep(step + 1);
            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                neurons.Flush();
            }
        }
    }

    /// <summary>Forward to the errors of every step, and back to Q in their place.</summary>
    private void RunOutput(int job, EventList events, float* state, float* drive, float* readout)
    {
        int stride = Network.Weights.Stride(Program.Output.Input);
        float* trace = TraceOf(job, Layers.Length, stride);
        var output = new EPropOutput<TLane>
        {
            Membrane = Program.Output.Membrane,
            Stride = stride,
            Input = Network.Weights[Program.Output.Input],
            Drive = drive,
            Bias = BiasValues,
            BiasGain = BiasGain,
            State = state,
        };
        output.Clear();
        Network.BeginRead(readout);
        EventList arrivals = drive == null ? events : default;
        for (int step = 0; step < Steps; step++)
        {
            output.Step(arrivals.Of(step), trace + (nint)step * stride);
            Network.ReadStep(step, trace + (nint)step * stride, readout);
            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                output.Flush();
            }
        }

        TakeReadout(job, readout);
        float share = ShareOf(job);
        for (int step = 0; step < Steps; step++)
        {
            TakeLoss(job, step, share, trace + (nint)step * stride);
        }

        float* sum = SumOf(job, Layers.Length, stride);
        for (int j = 0; j < stride; j += TLane.Width)
        {
            ScanOutput(
                output.Membrane, trace + j, stride, sum == null ? null : sum + j,
                Bias == null ? null : _biases.Pointer + (nint)job * stride + j);
        }
    }

    private void ScanOutput(MembraneEquations membrane, float* trace, nint stride, float* sum, float* bias)
    {
        TLane lossByV = TLane.Splat(0), lossByI = lossByV, total = lossByV, ofBias = lossByV;
        for (int step = Steps - 1; step >= 0; step--)
        {
            membrane.StepTransposed(TLane.Load(trace + step * stride), ref lossByV, ref lossByI);
            TLane.Store(lossByI, trace + step * stride);
            total += lossByI;
            ofBias += lossByV;
        }

        if (sum != null)
        {
            TLane.Store(total, sum);
        }

        if (bias != null)
        {
            TLane.Store(TLane.Splat(BiasGain) * ofBias, bias);
        }
    }

    /// <summary>Adds what the examples say about the biases, in their order.</summary>
    private void SumBiases(ConnectionLearning bias)
    {
        new Span<float>(bias.Computed, bias.Stride).Clear();
        for (int job = 0; job < Count; job++)
        {
            SegmentLoops<TLane>.AddScaled(_biases.Pointer + (nint)job * bias.Stride, 1, bias.Computed, bias.Stride);
        }
    }

    private void ScanHidden(int worker, int job, EPropLayer layer)
    {
        int outputs = Network.Weights.Stride(Program.Output.Input);
        float* errors = TraceOf(job, Layers.Length, outputs);
        float* trace = TraceOf(job, layer.Index, layer.Stride);
        float* rates = RatesOf(worker, layer);
        float* sum = SumOf(job, layer.Index, layer.Stride);
        for (int j = 0; j < layer.Stride; j += TLane.Width)
        {
            ScanLane(
                layer, Feedback[layer.Index] + j, errors, outputs, trace + j, rates == null ? null : rates + j,
                sum == null ? null : sum + j);
        }
    }

    /// <summary>The scans of one lane of neurons: learning signal, eligibility and membrane in one pass, all in registers.</summary>
    private void ScanLane(
        EPropLayer layer, float* feedback, float* errors, nint outputs, float* trace, float* rates, float* sum)
    {
        EPropEquations equations = layer.Equations;
        MembraneEquations membrane = layer.Hidden.Membrane;
        nint stride = layer.Stride;
        int units = Program.Output.Units;
        TLane zero = TLane.Splat(0);
        TLane slow = zero, lossByV = zero, lossByI = zero, total = zero;
        for (int step = Steps - 1; step >= 0; step--)
        {
            // A spike found at the end of this step reaches the outputs in the next one.
            TLane signal = step + 1 < Steps ? Signal(feedback, errors + (step + 1) * outputs, units, stride) : zero;
            if (rates != null)
            {
                signal += TLane.Load(rates + step * stride);
            }

            TLane h = equations.LossByMembrane(TLane.Load(trace + step * stride), signal, ref slow);
            membrane.StepTransposed(h, ref lossByV, ref lossByI);
            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                (slow, lossByV, lossByI) = (Denormal.Flush(slow), Denormal.Flush(lossByV), Denormal.Flush(lossByI));
            }

            TLane.Store(lossByI, trace + step * stride);
            total += lossByI;
        }

        if (sum != null)
        {
            TLane.Store(total, sum);
        }
    }

    /// <summary>Σ feedback·Q over the outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Signal(float* feedback, float* errors, int units, nint stride)
    {
        TLane even = TLane.Splat(0), odd = even;
        int k = 0;
        for (; k + 1 < units; k += 2)
        {
            even += TLane.Splat(errors[k]) * TLane.Load(feedback + k * stride);
            odd += TLane.Splat(errors[k + 1]) * TLane.Load(feedback + (k + 1) * stride);
        }

        return k < units ? even + odd + TLane.Splat(errors[k]) * TLane.Load(feedback + k * stride) : even + odd;
    }

    private void Sort(int worker, int job)
    {
        bool isFeedback = job >= WeightUpdate.Learning.Length;
        ConnectionLearning learning = isFeedback ? Feedback.Learning[job - WeightUpdate.Learning.Length] : WeightUpdate.Learning[job];
        if (learning.Computed != null)
        {
            return;
        }

        int source = isFeedback ? learning.Connection.Index : SourceOf(learning.Connection);
        for (int slot = 0; slot < Count; slot++)
        {
            learning.Events[slot] = source < 0
                ? CpuNetwork<TLane>.EventsOf(Trains, Examples[slot])
                : _tapes[slot][source].AsEvents();
        }

        learning.Index.Build(learning.Events.AsSpan(0, Count), learning.Segments);
        if (isFeedback)
        {
            Feedback.Gather(learning.Connection.Index);
        }
    }

    private float* TraceOf(int slot, int layer, int stride) => _traces[layer].Pointer + (nint)slot * Steps * stride;

    private float* SumOf(int slot, int layer, int stride) =>
        layer == 0 && Trains.IsConstantCurrent ? _sums[0].Pointer + (nint)slot * stride : null;

    private float* RatesOf(int worker, EPropLayer layer) => layer.Rate.IsActive
        ? _rates[worker].Pointer + layer.Index * (_rates[worker].Length / Layers.Length)
        : null;
}
