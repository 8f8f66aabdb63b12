using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Trains without a time step on all cores: from event to event, with the exact gradient of exact spike times.</summary>
/// <remarks>
/// <para>The examples of a batch are divided into slices as those of <see cref="GraphEngine{TLane}"/> are: one thread runs a slice,
/// example after example forward and backward, and adds to a gradient of its own. A trial is so short that moving what it leaves
/// behind from one core to another would cost as much as the trial: so it never leaves the core. The result has the same bits on
/// any number of threads, and a batch allocates no managed memory.</para>
/// <para>Memory follows the number of spikes, and none is needed for time that passes.</para>
/// </remarks>
internal sealed unsafe class ExactEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    // A trial takes microseconds: the sums of more slices would cost more than more threads bring.
    private const int MostSlices = 16;

    private readonly ExactNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly ExactScratch[] _scratch;
    private readonly ExactSlot[] _workerSlots;
    private readonly ExactSlot?[] _exampleSlots;
    private readonly ExampleResult[] _results;
    private readonly NativeBuffer<float> _gradients;
    private readonly NativeBuffer<nint> _gradientOf;
    private readonly NativeBuffer<float> _push;
    private readonly long[][] _spikeCounts;
    private readonly int[] _examples;
    private readonly int _mostSlices;
    private readonly ExactScorer<TLane> _scorer;
    private readonly Action<int, int> _trainSlice;
    private readonly Action<int, int> _forward;
    private readonly Action<int, int> _backwardSlice;
    private readonly WeightUpdate<TLane> _update;

    private SpikeTrains? _trains;
    private Targets? _targets;
    private float[]? _exampleWeights;
    private int _count;
    private BatchSlices _slices;
    private LearningStep _step;

    // Ticks of the caller's own thread: a thread goes forward and backward in turn, and this one tells their shares.
    private long _ownForward;
    private long _ownBackward;

    public ExactEngine(NetworkProgram program, int batchSize, int threads)
    {
        _network = new ExactNetwork<TLane>(program);
        _team = new WorkerTeam(threads);
        _scratch = new ExactScratch[threads];
        _workerSlots = new ExactSlot[threads];
        _exampleSlots = new ExactSlot?[batchSize];
        _results = new ExampleResult[batchSize];
        _examples = new int[batchSize];
        _spikeCounts = new long[threads][];
        for (int worker = 0; worker < threads; worker++)
        {
            _scratch[worker] = _network.CreateScratch();
            _workerSlots[worker] = _network.CreateSlot();
            _spikeCounts[worker] = new long[_network.HiddenNeurons];
        }

        _update = new WeightUpdate<TLane>(program, _network.Weights, Array.ConvertAll(_scratch, scratch => scratch.Layer), Phases);
        long length = 0;
        foreach (ConnectionLearning learning in _update.Learning)
        {
            length += (long)learning.Connection.Rows * learning.Stride;
        }

        _mostSlices = BatchSlices.Most(batchSize, length, MostSlices);
        _gradients = new NativeBuffer<float>(_mostSlices * length);
        _gradientOf = new NativeBuffer<nint>((long)_mostSlices * Connections);
        PlaceGradients(length);
        _push = new NativeBuffer<float>(_network.HiddenNeurons);
        _scorer = new ExactScorer<TLane>(_network, _team);
        (_trainSlice, _forward, _backwardSlice) = (TrainSlice, ForwardOne, BackwardSlice);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"CPU, event-driven, {_team.Size} threads, {TLane.Width} floats per instruction");

    /// <summary>Where the time went, for the profile.</summary>
    public PhaseTimes Phases { get; } = new();

    private NetworkProgram Program => _network.Program;

    private int Connections => _update.Learning.Length;

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        long start = Stopwatch.GetTimestamp();
        (_ownForward, _ownBackward) = (0, 0);
        Begin(batch, step);
        if (_step.SpikeCounts.IsActive)
        {
            // What regularisation does to one example depends on the spikes of all.
            _team.Run(_count, _forward);
            CountSpikes();
            _team.Run(_slices.Count, _backwardSlice);
        }
        else
        {
            _team.Run(_slices.Count, _trainSlice);
        }

        long ran = Stopwatch.GetTimestamp();
        double norm = _update.Run(_team, _step, KeepGradient);
        long both = ran - start;
        long own = _ownForward + _ownBackward;
        long forward = own == 0 ? 0 : (long)((double)both * _ownForward / own);
        Phases.Add(forward, both - forward, Stopwatch.GetTimestamp() - ran);
        return Finish(norm);
    }

    public override void Score(SpikeTrains trains, Span<float> scores) => _scorer.Score(trains, scores);

    public override void SetWeights(NetworkWeights weights) => _network.Weights.Load(weights);

    public override void GetWeights(NetworkWeights weights) => _network.Weights.Save(weights);

    public override void TakeSpikeCounts(Span<long> counts)
    {
        foreach (long[] own in _spikeCounts)
        {
            for (int n = 0; n < own.Length; n++)
            {
                counts[n] += own[n];
            }

            Array.Clear(own);
        }
    }

    public override void GetGradient(NetworkWeights gradient) => _update.GetGradient(gradient);

    public override void SaveState(BinaryWriter writer)
    {
        _update.SaveState(writer);
        long[] counts = new long[_network.HiddenNeurons];
        TakeSpikeCounts(counts);
        counts.CopyTo(_spikeCounts[0], 0);
        StateStream.Write<long>(writer, counts);
    }

    public override void LoadState(BinaryReader reader)
    {
        _update.LoadState(reader);
        TakeSpikeCounts(new long[_network.HiddenNeurons]);
        StateStream.Read<long>(reader, _spikeCounts[0]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scorer.Dispose();
            _network.Dispose();
            Array.ForEach(_scratch, scratch => scratch.Dispose());
            Array.ForEach(_workerSlots, slot => slot.Dispose());
            Array.ForEach(_exampleSlots, slot => slot?.Dispose());
            _update.Dispose();
            _gradients.Dispose();
            _gradientOf.Dispose();
            _push.Dispose();
        }
    }

    /// <summary>Gives every slice the gradient that each connection adds to.</summary>
    private void PlaceGradients(long length)
    {
        long at = 0;
        for (int n = 0; n < Connections; n++)
        {
            ConnectionLearning learning = _update.Learning[n];
            int target = learning.Connection.Target;
            double synapseTime = target < _network.Hidden.Length
                ? _network.Hidden[target].Membrane.SynapseTime
                : _network.Output.Membrane.SynapseTime;
            learning.Scale = -(float)synapseTime;
            learning.Slices = _gradients.Pointer + at;
            learning.SliceDistance = length;
            for (int slice = 0; slice < _mostSlices; slice++)
            {
                _gradientOf.Pointer[slice * Connections + n] = (nint)(learning.Slices + slice * length);
            }

            at += (long)learning.Connection.Rows * learning.Stride;
        }
    }

    private void Begin(in TrainingBatch batch, in LearningStep step)
    {
        _count = batch.Examples.Length;
        if (_count < 1 || _count > _examples.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"A batch must have 1 to {_examples.Length} examples, but has {_count}."), nameof(batch));
        }

        batch.CheckTargets(Program);
        batch.Examples.CopyTo(_examples);
        (_trains, _targets, _exampleWeights, _step) = (batch.Trains, batch.Targets, batch.ExampleWeights, step);
        _slices = new BatchSlices(_count, Math.Min(_count, _mostSlices));
        foreach (ConnectionLearning learning in _update.Learning)
        {
            learning.SliceCount = _slices.Count;
        }

        for (int n = 0; _step.SpikeCounts.IsActive && n < _count; n++)
        {
            _exampleSlots[n] ??= _network.CreateSlot();
        }
    }

    private void TrainSlice(int worker, int slice)
    {
        ExactSlot slot = _workerSlots[worker];
        long forward = 0, backward = 0, start = Now(worker);
        for (int n = _slices.FirstOf(slice); n < _slices.FirstOf(slice + 1); n++)
        {
            Forward(worker, n, slot);
            long half = Now(worker);
            Backward(worker, n, slot, slice);
            long end = Now(worker);
            (forward, backward, start) = (forward + half - start, backward + end - half, end);
        }

        AddOwn(worker, forward, backward);
    }

    private void ForwardOne(int worker, int n)
    {
        long start = Now(worker);
        Forward(worker, n, _exampleSlots[n]!);
        AddOwn(worker, Now(worker) - start, 0);
    }

    private void BackwardSlice(int worker, int slice)
    {
        long start = Now(worker);
        for (int n = _slices.FirstOf(slice); n < _slices.FirstOf(slice + 1); n++)
        {
            Backward(worker, n, _exampleSlots[n]!, slice);
        }

        AddOwn(worker, 0, Now(worker) - start);
    }

    /// <summary>The time for the caller's own thread, 0 for others: a trial is so short that asking costs a hundredth of it.</summary>
    private static long Now(int worker) => worker == 0 ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Once per slice and by one thread: all threads read what lies beside these numbers in memory.</summary>
    private void AddOwn(int worker, long forward, long backward)
    {
        if (worker == 0)
        {
            _ownForward += forward;
            _ownBackward += backward;
        }
    }

    private void Forward(int worker, int n, ExactSlot slot)
    {
        int example = _examples[n];
        _network.Forward(_trains!, example, _scratch[worker], slot);
        _network.TakeLoss(slot, _targets![example], _exampleWeights == null ? 1 : _exampleWeights[example], _count);
        _network.MarkUsed(slot, useAll: _step.SpikeCounts.IsActive);
        _results[n] = new ExampleResult(slot.Loss, slot.Correct, CountSpikes(_spikeCounts[worker], slot), 0);
    }

    private void Backward(int worker, int n, ExactSlot slot, int slice)
    {
        _network.Backward(
            _scratch[worker], slot, (float**)(_gradientOf.Pointer + slice * Connections), _step.GrazingLimit,
            _step.SpikeCounts.IsActive ? _push.Pointer : null);
        _results[n] = _results[n] with { Grazing = slot.Grazing };
    }

    /// <summary>Adds the spikes of one trial to the counts of their neurons.</summary>
    private long CountSpikes(long[] counts, ExactSlot slot)
    {
        long total = 0;
        int first = 0;
        for (int layer = 0; layer < Program.Hidden.Count; layer++)
        {
            EventTape tape = slot.Tapes[layer + 1];
            int* neuron = tape.Neuron;
            int count = tape.Count;
            for (int k = 0; k < count; k++)
            {
                counts[first + neuron[k]]++;
            }

            total += count;
            first += Program.Hidden[layer].Units;
        }

        return total;
    }

    /// <summary>Counts each neuron's spikes over the batch, for regularisation to act on.</summary>
    private void CountSpikes()
    {
        int first = 0;
        for (int layer = 0; layer < Program.Hidden.Count; layer++)
        {
            SpikeCountEquations regularised = _step.SpikeCounts[layer];
            var pushes = new Span<float>(_push.Pointer + first, Program.Hidden[layer].Units);
            pushes.Clear();
            for (int n = 0; n < _count; n++)
            {
                EventTape tape = _exampleSlots[n]!.Tapes[layer + 1];
                for (int k = 0; k < tape.Count; k++)
                {
                    pushes[tape.Neuron[k]]++;
                }
            }

            foreach (ref float push in pushes)
            {
                push = regularised.Push(push / _count, _count);
            }

            first += pushes.Length;
        }
    }

    private BatchResult Finish(double gradientNorm)
    {
        double loss = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int n = 0; n < _count; n++)
        {
            loss += _results[n].Loss;
            correct += _results[n].Correct;
            spikes += _results[n].Spikes;
            grazing += _results[n].Grazing;
        }

        GC.KeepAlive(this);
        return new BatchResult(loss, correct, spikes, grazing, gradientNorm);
    }

    /// <summary>What is kept of one example.</summary>
    private readonly record struct ExampleResult(double Loss, int Correct, long Spikes, int Grazing);
}
