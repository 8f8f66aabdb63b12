using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Trains on all cores, one example per thread at a time.</summary>
/// <remarks>
/// <para>A batch has three phases. Forward: every example on its own. Backward: every example on its own; meanwhile the
/// spikes are sorted by weight row. Update: every weight row on its own gathers its gradient and is updated.
/// No phase depends on which thread did what, so that the result has the same bits on any number of threads.</para>
/// <para>All memory is allocated at build, or when a batch has more spikes than any before; a batch allocates no
/// managed memory.</para>
/// </remarks>
internal sealed unsafe class CpuEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    private readonly CpuNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly LayerScratch[] _scratch;
    private readonly ExampleSlot[] _slots;
    private readonly AdjointTrace[][] _traces;
    private readonly NativeBuffer<float>[] _traceMemory;
    private readonly ConnectionLearning[] _learning;
    private readonly long[] _spikeCounts;
    private readonly NativeBuffer<float> _push;
    private readonly int[] _examples;
    private readonly CpuScorer<TLane> _scorer;
    private readonly Action<int, int> _forward;
    private readonly Action<int, int> _backward;
    private readonly WeightUpdate<TLane> _update;

    private SpikeTrains? _trains;
    private Targets? _targets;
    private float[]? _exampleWeights;
    private int _count;
    private LearningStep _step;

    public CpuEngine(NetworkProgram program, int batchSize, int threads)
    {
        _network = new CpuNetwork<TLane>(program);
        _team = new WorkerTeam(threads);
        _scratch = Create(threads, _network.CreateScratch);
        _slots = Create(batchSize, _network.CreateSlot);
        _examples = new int[batchSize];
        _traces = Create(batchSize, () => new AdjointTrace[program.Hidden.Count + 1]);
        _traceMemory = Create(2 * (program.Hidden.Count + 1), () => new NativeBuffer<float>(0));
        _update = new WeightUpdate<TLane>(program, _network.Weights, _scratch, Phases);
        _learning = _update.Learning;
        _spikeCounts = new long[_network.HiddenNeurons];
        _push = new NativeBuffer<float>(_network.HiddenNeurons);
        _scorer = new CpuScorer<TLane>(_network, _team);
        (_forward, _backward) = (Forward, Backward);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"CPU, {_team.Size} threads, {TLane.Width} floats per instruction");

    /// <summary>Where the time went, for the profile.</summary>
    public PhaseTimes Phases { get; } = new();

    private NetworkProgram Program => _network.Program;

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        Begin(batch, step);
        long start = Stopwatch.GetTimestamp();
        _team.Run(_count, _forward);
        long forward = Stopwatch.GetTimestamp();
        if (_step.SpikeCounts.IsActive)
        {
            CountSpikes();
        }

        _team.Run(_count + _learning.Length, _backward);
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
            Array.ForEach(_traceMemory, memory => memory.Dispose());
            _update.Dispose();
            _push.Dispose();
        }
    }

    private static T[] Create<T>(int count, Func<T> create)
    {
        var items = new T[count];
        for (int n = 0; n < count; n++)
        {
            items[n] = create();
        }

        return items;
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
        (_targets, _exampleWeights, _step) = (batch.Targets, batch.ExampleWeights, step);
        bool isPlanned = _trains?.IsConstantCurrent == batch.Trains.IsConstantCurrent;
        _trains = batch.Trains;
        if (!isPlanned)
        {
            PlanTraces();
        }
    }

    /// <summary>Gives every layer room for λI in the form that its connections read.</summary>
    private void PlanTraces()
    {
        bool constant = _trains!.IsConstantCurrent;
        int layers = Program.Hidden.Count + 1;
        for (int layer = 0; layer < layers; layer++)
        {
            bool isOutput = layer == layers - 1;
            ConnectionProgram input = isOutput ? Program.Output.Input : Program.Hidden[layer].Input;
            ConnectionProgram? recurrent = isOutput ? null : Program.Hidden[layer].Recurrent;
            MembraneEquations membrane = isOutput ? Program.Output.Membrane : Program.Hidden[layer].Membrane;
            bool needsSum = constant && layer == 0;
            bool needsSteps = !needsSum || recurrent != null;
            long row = _network.Weights.Stride(input);
            NativeBuffer<float> steps = _traceMemory[2 * layer];
            NativeBuffer<float> sums = _traceMemory[2 * layer + 1];
            steps.Grow(needsSteps ? _examples.Length * Program.Steps * row : 0);
            sums.Grow(needsSum ? _examples.Length * row : 0);
            for (int slot = 0; slot < _examples.Length; slot++)
            {
                _traces[slot][layer] = new AdjointTrace(
                    needsSteps ? steps.Pointer + slot * Program.Steps * row : null,
                    needsSum ? sums.Pointer + slot * row : null);
            }

            Plan(_learning[input.Index], needsSum ? sums.Pointer : steps.Pointer, needsSum, membrane);
            if (recurrent != null)
            {
                Plan(_learning[recurrent.Index], steps.Pointer, sum: false, membrane);
            }
        }
    }

    private void Plan(ConnectionLearning learning, float* trace, bool sum, MembraneEquations membrane)
    {
        learning.Trace = trace;
        learning.Segments = sum ? 1 : Program.Steps;
        learning.Scale = -membrane.SynapseTime * (sum ? membrane.CurrentGain : 1);
        learning.Events = new EventList[_examples.Length];
    }

    private void Forward(int worker, int job)
    {
        ExampleSlot slot = _slots[job];
        int example = _examples[job];
        _network.Forward(
            CpuNetwork<TLane>.EventsOf(_trains!, example), _trains!.IsConstantCurrent, _scratch[worker], slot);

        slot.Output.TakeLoss(
            Program.Output.Readout, Program.Output.Loss, _targets![example], _exampleWeights == null ? 1 : _exampleWeights[example], _count);
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
            for (int slot = 0; slot < _count; slot++)
            {
                SpikeTape tape = _slots[slot].Tapes[layer];
                for (int k = 0; k < tape.Count; k++)
                {
                    pushes[tape.Neuron[k]]++;
                }
            }

            foreach (ref float push in pushes)
            {
                push = regularised.Push(push / _count, _count);
            }

            first += Program.Hidden[layer].Units;
        }
    }

    /// <summary>The first jobs sort the spikes of one connection each, the others run one example each.</summary>
    private void Backward(int worker, int job)
    {
        if (job < _learning.Length)
        {
            Sort(job);
            return;
        }

        int n = job - _learning.Length;
        _network.Backward(
            CpuNetwork<TLane>.EventsOf(_trains!, _examples[n]), _trains!.IsConstantCurrent, _scratch[worker], _slots[n],
            _traces[n], _step.GrazingLimit, _step.SpikeCounts.IsActive ? _push.Pointer : null);
    }

    private void Sort(int connection)
    {
        ConnectionLearning learning = _learning[connection];
        int tape = -1;
        for (int layer = 0; layer < Program.Hidden.Count; layer++)
        {
            // A layer's spikes feed its own recurrent connection and the input of the next layer.
            if (ConnectionAfter(layer).Index == connection || Program.Hidden[layer].Recurrent?.Index == connection)
            {
                tape = layer;
            }
        }

        for (int slot = 0; slot < _count; slot++)
        {
            learning.Events[slot] = tape < 0
                ? CpuNetwork<TLane>.EventsOf(_trains!, _examples[slot])
                : _slots[slot].Tapes[tape].AsEvents();
        }

        learning.Index.Build(learning.Events.AsSpan(0, _count), learning.Segments);
    }

    private ConnectionProgram ConnectionAfter(int layer) =>
        layer + 1 < Program.Hidden.Count ? Program.Hidden[layer + 1].Input : Program.Output.Input;

    private BatchResult Finish(double gradientNorm)
    {
        double loss = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int n = 0; n < _count; n++)
        {
            loss += _slots[n].Output.Loss;
            correct += _slots[n].Output.Correct;
            grazing += _slots[n].Grazing;
            foreach (SpikeTape tape in _slots[n].Tapes)
            {
                spikes += tape.Count;
            }
        }

        int neuron = 0;
        for (int layer = 0; layer < Program.Hidden.Count; layer++)
        {
            // The spikes were sorted by neuron for the gradient: their numbers are there, but for those of the last
            // step, which arrive nowhere.
            EventIndex index = _learning[ConnectionAfter(layer).Index].Index;
            for (int n = 0; n < Program.Hidden[layer].Units; n++)
            {
                _spikeCounts[neuron + n] += index.RowStart[n + 1] - index.RowStart[n];
            }

            for (int slot = 0; slot < _count; slot++)
            {
                SpikeTape tape = _slots[slot].Tapes[layer];
                for (int k = tape.End[Program.Steps - 1]; k < tape.Count; k++)
                {
                    _spikeCounts[neuron + tape.Neuron[k]]++;
                }
            }

            neuron += Program.Hidden[layer].Units;
        }

        GC.KeepAlive(this);
        return new BatchResult(loss, correct, spikes, grazing, gradientNorm);
    }
}
