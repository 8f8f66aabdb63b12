using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Trains without a time step on all cores: from event to event, with the exact gradient of exact spike times.</summary>
/// <remarks>
/// <para>The phases of a batch are those of <see cref="CpuEngine{TLane}"/>, and as there the result has the same bits on any
/// number of threads, and a batch allocates no managed memory.</para>
/// <para>Memory follows the number of spikes: one row of λI per arrival, and none for time that passes.</para>
/// </remarks>
internal sealed unsafe class ExactEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    private readonly ExactNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly ExactScratch[] _scratch;
    private readonly ExactSlot[] _slots;
    private readonly ConnectionLearning[] _learning;
    private readonly NativeBuffer<float>[] _traceMemory;
    private readonly NativeBuffer<nint> _traces;
    private readonly NativeBuffer<float> _push;
    private readonly long[] _spikeCounts;
    private readonly int[] _examples;
    private readonly ExactScorer<TLane> _scorer;
    private readonly Action<int, int> _forward;
    private readonly Action<int, int> _backward;
    private readonly WeightUpdate<TLane> _update;

    private SpikeTrains? _trains;
    private Targets? _targets;
    private float[]? _exampleWeights;
    private int _count;
    private LearningStep _step;

    public ExactEngine(NetworkProgram program, int batchSize, int threads)
    {
        _network = new ExactNetwork<TLane>(program);
        _team = new WorkerTeam(threads);
        _scratch = new ExactScratch[threads];
        _slots = new ExactSlot[batchSize];
        _examples = new int[batchSize];
        for (int worker = 0; worker < threads; worker++)
        {
            _scratch[worker] = _network.CreateScratch();
        }

        for (int slot = 0; slot < batchSize; slot++)
        {
            _slots[slot] = _network.CreateSlot();
        }

        // One connection per layer, in the order of the layers: the network is feed-forward.
        _update = new WeightUpdate<TLane>(program, _network.Weights, Array.ConvertAll(_scratch, scratch => scratch.Layer), Phases);
        _learning = _update.Learning;
        _traceMemory = new NativeBuffer<float>[Layers];
        for (int layer = 0; layer < Layers; layer++)
        {
            double synapseTime = layer < _network.Hidden.Length
                ? _network.Hidden[layer].Membrane.SynapseTime
                : _network.Output.Membrane.SynapseTime;
            _learning[layer].Scale = -(float)synapseTime;
            _learning[layer].Events = new EventList[batchSize];
            _traceMemory[layer] = new NativeBuffer<float>(0);
        }

        _traces = new NativeBuffer<nint>((long)batchSize * Layers);
        _push = new NativeBuffer<float>(_network.HiddenNeurons);
        _spikeCounts = new long[_network.HiddenNeurons];
        _scorer = new ExactScorer<TLane>(_network, _team);
        (_forward, _backward) = (Forward, Backward);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"CPU, event-driven, {_team.Size} threads, {TLane.Width} floats per instruction");

    /// <summary>Where the time went, for the profile.</summary>
    public PhaseTimes Phases { get; } = new();

    private NetworkProgram Program => _network.Program;

    private int Layers => Program.Hidden.Count + 1;

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        Begin(batch, step);
        long start = Stopwatch.GetTimestamp();
        _team.Run(_count, _forward);
        long forward = Stopwatch.GetTimestamp();
        CountSpikes();
        PlaceTraces();
        _team.Run(_count + Layers, _backward);
        long backward = Stopwatch.GetTimestamp();
        double norm = _update.Run(_team, _step, KeepGradient);
        Phases.Add(forward - start, backward - forward, Stopwatch.GetTimestamp() - backward);
        return Finish(norm);
    }

    public override void Score(SpikeTrains trains, Span<float> scores) => _scorer.Score(trains, scores);

    public override void SetWeights(NetworkWeights weights) => _network.Weights.Load(weights);

    public override void GetWeights(NetworkWeights weights) => _network.Weights.Save(weights);

    public override void TakeSpikeCounts(Span<long> counts)
    {
        for (int n = 0; n < _spikeCounts.Length; n++)
        {
            counts[n] += _spikeCounts[n];
        }

        Array.Clear(_spikeCounts);
    }

    public override void GetGradient(NetworkWeights gradient) => _update.GetGradient(gradient);

    public override void SaveState(BinaryWriter writer)
    {
        _update.SaveState(writer);
        StateStream.Write<long>(writer, _spikeCounts);
    }

    public override void LoadState(BinaryReader reader)
    {
        _update.LoadState(reader);
        StateStream.Read<long>(reader, _spikeCounts);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scorer.Dispose();
            _network.Dispose();
            Array.ForEach(_scratch, scratch => scratch.Dispose());
            Array.ForEach(_slots, slot => slot.Dispose());
            _update.Dispose();
            Array.ForEach(_traceMemory, memory => memory.Dispose());
            _traces.Dispose();
            _push.Dispose();
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
    }

    private void Forward(int worker, int job)
    {
        ExactSlot slot = _slots[job];
        int example = _examples[job];
        _network.Forward(_trains!, example, _scratch[worker], slot);
        _network.TakeLoss(slot, _targets![example], _exampleWeights == null ? 1 : _exampleWeights[example], _count);
        _network.MarkUsed(slot, useAll: _step.SpikeCount.IsActive);
    }

    /// <summary>Counts each neuron's spikes over the batch, for the statistics and for regularisation to act on.</summary>
    private void CountSpikes()
    {
        int first = 0;
        for (int layer = 0; layer < Program.Hidden.Count; layer++)
        {
            var pushes = new Span<float>(_push.Pointer + first, Program.Hidden[layer].Units);
            pushes.Clear();
            for (int slot = 0; slot < _count; slot++)
            {
                EventTape tape = _slots[slot].Tapes[layer + 1];
                for (int k = 0; k < tape.Count; k++)
                {
                    pushes[tape.Neuron[k]]++;
                }
            }

            for (int n = 0; n < pushes.Length; n++)
            {
                _spikeCounts[first + n] += (long)pushes[n];
                pushes[n] = _step.SpikeCount.Push(pushes[n] / _count, _count);
            }

            first += pushes.Length;
        }
    }

    /// <summary>Gives every arrival of the batch its row of λI, example after example.</summary>
    private void PlaceTraces()
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            ConnectionLearning learning = _learning[layer];
            long rows = 0;
            for (int slot = 0; slot < _count; slot++)
            {
                EventTape arrivals = _slots[slot].Tapes[layer];
                learning.Events[slot] = arrivals.AsEvents();
                _traces.Pointer[slot * Layers + layer] = (nint)(rows * learning.Stride);
                rows += arrivals.Used;
            }

            _traceMemory[layer].Grow(rows * learning.Stride);
            learning.Trace = _traceMemory[layer].Pointer;
            for (int slot = 0; slot < _count; slot++)
            {
                _traces.Pointer[slot * Layers + layer] = (nint)(learning.Trace + _traces.Pointer[slot * Layers + layer]);
            }
        }
    }

    /// <summary>The first jobs sort the spikes of one connection each, the others run one example each.</summary>
    private void Backward(int worker, int job)
    {
        if (job < Layers)
        {
            ConnectionLearning learning = _learning[job];
            learning.Index.BuildByEvent(learning.Events.AsSpan(0, _count));
            return;
        }

        int n = job - Layers;
        _network.Backward(
            _scratch[worker], _slots[n], (float**)(_traces.Pointer + n * Layers), _step.GrazingLimit,
            _step.SpikeCount.IsActive ? _push.Pointer : null);
    }

    private BatchResult Finish(double gradientNorm)
    {
        double loss = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int n = 0; n < _count; n++)
        {
            loss += _slots[n].Loss;
            correct += _slots[n].Correct;
            grazing += _slots[n].Grazing;
            for (int layer = 1; layer < Layers; layer++)
            {
                spikes += _slots[n].Tapes[layer].Count;
            }
        }

        GC.KeepAlive(this);
        return new BatchResult(loss, correct, spikes, grazing, gradientNorm);
    }
}
