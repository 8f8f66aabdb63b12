using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>e-prop in its textbook form: every synapse has an eligibility, and every step updates all of them.</summary>
/// <remarks>
/// <para>O(steps·synapses) work, whatever spikes; memory that does not depend on the number of steps. A job owns some rows
/// of one connection and runs every example of the batch for itself: the neurons are cheap beside the synapses, no
/// gradient has to be added up over threads, and its order does not depend on their number.</para>
/// <para>Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020), the eligibility traces of
/// LIF and ALIF neurons and the learning signals.</para>
/// </remarks>
internal sealed unsafe class OnlineEProp<TLane> : EPropEngine<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    private const int RowsPerJob = 64;

    private readonly NativeBuffer<float>[] _gradients;
    private readonly OnlineTrial<TLane>[] _trials;
    private readonly OnlineSynapses<TLane>[] _synapses;
    private readonly ConnectionLearning[] _connections;
    private readonly Action<int, int> _runRows;
    private readonly float _biasKept;

    public OnlineEProp(NetworkProgram program, EPropSettings settings, int batchSize, int threads)
        : base(program, settings, batchSize, threads)
    {
        ConnectionLearning[] weights = WeightUpdate.Learning[..program.Connections.Count];
        _connections = [.. weights, .. Feedback.Learning];
        _gradients = new NativeBuffer<float>[weights.Length];
        int widest = 0;
        foreach (ConnectionLearning learning in weights)
        {
            var gradient = new NativeBuffer<float>((long)learning.Connection.Rows * learning.Stride);
            _gradients[learning.Connection.Index] = gradient;
            learning.Computed = gradient.Pointer;
            widest = Math.Max(widest, learning.Stride);
        }

        _trials = new OnlineTrial<TLane>[threads];
        _synapses = new OnlineSynapses<TLane>[threads];
        for (int worker = 0; worker < threads; worker++)
        {
            _trials[worker] = new OnlineTrial<TLane>(Network, Layers);
            _synapses[worker] = new OnlineSynapses<TLane>(RowsPerJob, widest);
        }

        _runRows = RunRows;
        _biasKept = (float)StepCoefficients.Decay(program.TimeStep, program.Output.Membrane.MembraneTime);
    }

    private protected override void ComputeGradient()
    {
        long start = Stopwatch.GetTimestamp();
        int jobs = 0;
        foreach (ConnectionLearning learning in _connections)
        {
            jobs += JobsOf(learning);
        }

        if (Bias != null)
        {
            new Span<float>(Bias.Computed, Bias.Stride).Clear();
        }

        Team.Run(jobs, _runRows);
        Phases.Add(0, Stopwatch.GetTimestamp() - start, 0);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Array.ForEach(_gradients, gradient => gradient.Dispose());
            Array.ForEach(_trials, trial => trial.Dispose());
            Array.ForEach(_synapses, synapses => synapses.Dispose());
        }
    }

    private static int JobsOf(ConnectionLearning learning) => (learning.Connection.Rows + RowsPerJob - 1) / RowsPerJob;

    private void RunRows(int worker, int job)
    {
        bool isFirst = job == 0;
        int c = 0;
        while (job >= JobsOf(_connections[c]))
        {
            job -= JobsOf(_connections[c++]);
        }

        ConnectionLearning learning = _connections[c];
        bool isFeedback = c >= _gradients.Length;
        int first = job * RowsPerJob;
        int source = isFeedback ? learning.Connection.Index : SourceOf(learning.Connection);
        EPropLayer? target = isFeedback ? null : TargetOf(learning.Connection);
        float* gradient = isFeedback ? Feedback.Gradient(learning.Connection.Index) : learning.Computed;
        OnlineSynapses<TLane> synapses = _synapses[worker];
        synapses.Own(
            first, Math.Min(RowsPerJob, learning.Connection.Rows - first), learning.Stride,
            gradient + (nint)first * learning.Stride, target, Program.Output.Membrane);
        for (int example = 0; example < Count; example++)
        {
            RunExample(example, _trials[worker], synapses, source, target, isFirst);
        }
    }

    private void RunExample(
        int job, OnlineTrial<TLane> trial, OnlineSynapses<TLane> synapses, int source, EPropLayer? target, bool isFirst)
    {
        EventList input = CpuNetwork<TLane>.EventsOf(Trains, Examples[job]);
        ConnectionProgram entry = Program.Connections[0];
        MembraneEquations membrane = Layers.Length > 0 ? Layers[0].Hidden.Membrane : Program.Output.Membrane;
        trial.Begin(input, Drive(entry, membrane, input, synapses.Scratch), Count, BiasValues, BiasGain);
        synapses.Begin(source < 0 && Trains.IsConstantCurrent ? input : default, membrane.CurrentGain);
        float share = ShareOf(job);
        float answer = 0;
        for (int step = 0; step < Program.Steps; step++)
        {
            trial.Step();
            TakeLoss(job, step, share, trial.Errors, isFirst);
            if (isFirst && Bias != null)
            {
                // One bias acts on its output as any other: their eligibility is one number.
                answer = _biasKept * answer + BiasGain;
                SegmentLoops<TLane>.AddScaled(trial.Errors, answer, Bias.Computed, Bias.Stride);
            }

            synapses.Arrive(trial.Arrivals(source));
            if (target == null)
            {
                synapses.AddOutput(trial.Errors);
            }
            else
            {
                float* signal = trial.Signal(target.Index);
                Learn(Feedback[target.Index], trial.Errors, signal, target.Stride);
                synapses.AddHidden(
                    trial.PseudoDerivative(target.Index), signal, target.Rate.IsActive ? trial.RateSignal(target.Index) : null);
            }

            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                synapses.Flush();
            }

            for (int layer = 0; isFirst && layer < Layers.Length; layer++)
            {
                CountSpikes(job, layer, trial.Spikes(layer));
            }
        }

        if (isFirst)
        {
            TakeReadout(job, trial.Readout);
        }
    }

    /// <summary>signal[j] = Σ feedback·error over the outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Learn(float* feedback, float* errors, float* signal, int stride)
    {
        for (int j = 0; j < stride; j += TLane.Width)
        {
            TLane sum = TLane.Splat(0);
            for (int k = 0; k < Program.Output.Units; k++)
            {
                sum += TLane.Splat(errors[k]) * TLane.Load(feedback + (nint)k * stride + j);
            }

            TLane.Store(sum, signal + j);
        }
    }

    private EPropLayer? TargetOf(ConnectionProgram connection)
    {
        foreach (EPropLayer layer in Layers)
        {
            if (layer.Hidden.Input.Index == connection.Index || layer.Hidden.Recurrent?.Index == connection.Index)
            {
                return layer;
            }
        }

        return null;
    }
}
