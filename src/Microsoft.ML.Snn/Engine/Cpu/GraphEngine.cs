using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Trains any program on all cores: graphs, other neurons and synapses than <see cref="CpuEngine{TLane}"/> knows, sparse connections, delays.</summary>
/// <remarks>
/// <para>The examples of a batch are divided into slices, whose number depends on the program and the batch alone. One
/// thread runs a slice, example after example forward and backward, and adds to a gradient of its own; the gradients
/// are then summed in the order of the slices. So the result has the same bits on any number of threads, and memory
/// follows the number of spikes, not of steps.</para>
/// <para>All memory is allocated at build, or when a trial has more spikes than any before; a batch allocates no
/// managed memory.</para>
/// </remarks>
internal sealed unsafe class GraphEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    private const int MostSlices = 64;

    private readonly GraphNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly GraphWorker<TLane>[] _workers;
    private readonly GraphSlot[] _workerSlots;
    private readonly GraphSlot[] _exampleSlots;
    private readonly ExampleResult[] _results;
    private readonly GraphUpdate<TLane> _update;
    private readonly NativeBuffer<float> _push;
    private readonly long[][] _spikeCounts;
    private readonly int[] _examples;
    private readonly int _mostSlices;
    private readonly Action<int, int> _trainSlice;
    private readonly Action<int, int> _forward;
    private readonly Action<int, int> _backwardSlice;
    private readonly GraphScorer<TLane> _scorer;
    private readonly GraphFeedback<TLane>? _feedback;

    // An array, because walking through a read-only list allocates.
    private readonly PopulationProgram[] _spiking;
    private readonly PopulationProgram[] _outputs;

    private SpikeTrains? _trains;
    private Targets? _targets;
    private float[]? _exampleWeights;
    private int _count;
    private BatchSlices _slices;
    private LearningStep _step;
    private bool _isConstantCurrent;

    // Ticks of the caller's own thread: a thread goes forward and backward in turn, and this one tells their shares.
    private long _ownForward;
    private long _ownBackward;

    /// <summary>Allocates the engine.</summary>
    /// <param name="program">The network.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="eprop">How it learns by e-prop, whose loss is that of every step; null for the exact gradient.</param>
    public GraphEngine(NetworkProgram program, int batchSize, int threads, EPropSettings? eprop = null)
    {
        program = eprop == null ? program : program.WithLossAtEveryStep();
        _network = new GraphNetwork<TLane>(program);
        _feedback = eprop == null ? null : new GraphFeedback<TLane>(_network, eprop);
        _team = new WorkerTeam(threads);
        _workers = new GraphWorker<TLane>[threads];
        _workerSlots = new GraphSlot[threads];
        _exampleSlots = new GraphSlot[batchSize];
        _results = new ExampleResult[batchSize];
        _examples = new int[batchSize];
        long length = _network.Parameters.Length;
        _mostSlices = BatchSlices.Most(batchSize, length, MostSlices);
        _update = new GraphUpdate<TLane>(_network, _mostSlices, Phases);
        _push = new NativeBuffer<float>(program.SpikingNeurons);
        _spikeCounts = new long[threads][];
        for (int worker = 0; worker < threads; worker++)
        {
            _spikeCounts[worker] = new long[program.SpikingNeurons];
        }

        _spiking = [.. program.Spiking];
        _outputs = [.. program.Outputs];
        _scorer = new GraphScorer<TLane>(_network, _team);
        (_trainSlice, _forward, _backwardSlice) = (TrainSlice, Forward, BackwardSlice);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"CPU, {_team.Size} threads, {TLane.Width} floats per instruction, graph{(_feedback == null ? "" : ", e-prop")}");

    /// <summary>How long the phases of all batches took.</summary>
    public PhaseTimes Phases { get; } = new();

    private NetworkProgram Program => _network.Program;

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
        double norm = _update.Run(_team, step, KeepGradient);
        long both = ran - start;
        long own = _ownForward + _ownBackward;
        long forward = own == 0 ? 0 : (long)((double)both * _ownForward / own);
        Phases.Add(forward, both - forward, Stopwatch.GetTimestamp() - ran);
        return Finish(norm);
    }

    public override void Score(SpikeTrains trains, Span<float> scores) => _scorer.Score(trains, scores);

    public override void SetWeights(NetworkWeights weights)
    {
        _network.Load(weights);
        _update.LoadSynapses();
    }

    public override void GetWeights(NetworkWeights weights) => _network.Save(weights);

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
        long[] counts = new long[Program.SpikingNeurons];
        TakeSpikeCounts(counts);
        counts.CopyTo(_spikeCounts[0], 0);
        StateStream.Write<long>(writer, counts);
    }

    public override void LoadState(BinaryReader reader)
    {
        _update.LoadState(reader);
        TakeSpikeCounts(new long[Program.SpikingNeurons]);
        StateStream.Read<long>(reader, _spikeCounts[0]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scorer.Dispose();
            _network.Dispose();
            DisposeAll(_workers);
            DisposeAll(_workerSlots);
            DisposeAll(_exampleSlots);
            _update.Dispose();
            _feedback?.Dispose();
            _push.Dispose();
        }
    }

    private static void DisposeAll(IDisposable?[] items) => Array.ForEach(items, item => item?.Dispose());

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
        _update.Slices.BeginBatch(_slices.Count);
        if (_workers[0] == null || _isConstantCurrent != _trains.IsConstantCurrent)
        {
            CreateWorkers(_trains.IsConstantCurrent);
        }

        if (_feedback != null)
        {
            _feedback.Refresh();
            Array.ForEach(_workers, worker => worker.EProp!.BatchSize = _count);
        }

        for (int n = 0; _step.SpikeCounts.IsActive && n < _count; n++)
        {
            _exampleSlots[n] ??= new GraphSlot(Program, TLane.Width);
        }
    }

    private void CreateWorkers(bool isConstantCurrent)
    {
        _isConstantCurrent = isConstantCurrent;
        DisposeAll(_workers);
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            _workers[worker] = new GraphWorker<TLane>(_network, isConstantCurrent, feedback: _feedback);
            _workerSlots[worker] ??= new GraphSlot(Program, TLane.Width);
        }
    }

    private void TrainSlice(int worker, int slice)
    {
        GradientSlice gradient = _update.Slices.Begin(slice);
        for (int n = _slices.FirstOf(slice); n < _slices.FirstOf(slice + 1); n++)
        {
            Forward(worker, n, _workerSlots[worker]);
            Backward(worker, n, _workerSlots[worker], gradient);
        }

        _update.Slices.End(slice);
    }

    private void Forward(int worker, int n) => Forward(worker, n, _exampleSlots[n]);

    private void BackwardSlice(int worker, int slice)
    {
        GradientSlice gradient = _update.Slices.Begin(slice);
        for (int n = _slices.FirstOf(slice); n < _slices.FirstOf(slice + 1); n++)
        {
            Backward(worker, n, _exampleSlots[n], gradient);
        }

        _update.Slices.End(slice);
    }

    private void Forward(int worker, int n, GraphSlot slot)
    {
        long start = Stopwatch.GetTimestamp();
        int example = _examples[n];
        _workers[worker].Forward(_trains!, example, slot);
        float weight = _exampleWeights == null ? 1 : _exampleWeights[example];
        float loss = 0;
        for (int output = 0; output < _outputs.Length; output++)
        {
            OutputRecord record = slot.Readouts[output];
            PopulationProgram program = _outputs[output];
            record.TakeLoss(
                program.Readout!.Value, program.Loss, _targets!.Of(output)[example], weight * (float)program.LossWeight, _count);
            loss += record.Loss;
        }

        _results[n] = new ExampleResult(loss, loss - FirstLoss(slot), slot.Readouts[0].Correct, CountSpikes(worker, slot), 0);
        _ownForward += worker == 0 ? Stopwatch.GetTimestamp() - start : 0;
    }

    /// <summary>The loss of the first output as if it were the only one.</summary>
    private float FirstLoss(GraphSlot slot) =>
        _outputs[0].LossWeight > 0 ? slot.Readouts[0].Loss / (float)_outputs[0].LossWeight : 0;

    private void Backward(int worker, int n, GraphSlot slot, GradientSlice gradient)
    {
        long start = Stopwatch.GetTimestamp();
        _workers[worker].Backward(
            _trains!, _examples[n], slot, _step.GrazingLimit, _step.SpikeCounts.IsActive ? _push.Pointer : null,
            gradient);
        _results[n] = _results[n] with { Grazing = slot.Grazing };
        _ownBackward += worker == 0 ? Stopwatch.GetTimestamp() - start : 0;
    }

    /// <summary>Adds the spikes of one trial to the counts of their neurons.</summary>
    private long CountSpikes(int worker, GraphSlot slot)
    {
        long total = 0;
        int first = 0;
        foreach (PopulationProgram population in _spiking)
        {
            GraphTape tape = slot.Tapes[population.Index];
            total += tape.Count;
            for (int k = 0; k < tape.Count; k++)
            {
                _spikeCounts[worker][first + tape.Neuron[k]]++;
            }

            first += population.Units;
        }

        return total;
    }

    /// <summary>Counts each neuron's spikes over the batch, for regularisation to act on.</summary>
    private void CountSpikes()
    {
        int first = 0;
        for (int spiking = 0; spiking < _spiking.Length; spiking++)
        {
            PopulationProgram population = _spiking[spiking];
            SpikeCountEquations regularised = _step.SpikeCounts[spiking];
            var pushes = new Span<float>(_push.Pointer + first, population.Units);
            pushes.Clear();
            for (int n = 0; n < _count; n++)
            {
                GraphTape tape = _exampleSlots[n].Tapes[population.Index];
                for (int k = 0; k < tape.Count; k++)
                {
                    pushes[tape.Neuron[k]]++;
                }
            }

            foreach (ref float push in pushes)
            {
                push = regularised.Push(push / _count, _count);
            }

            first += population.Units;
        }
    }

    private BatchResult Finish(double norm)
    {
        double loss = 0, further = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int n = 0; n < _count; n++)
        {
            loss += _results[n].Loss;
            further += _results[n].FurtherLoss;
            correct += _results[n].Correct;
            spikes += _results[n].Spikes;
            grazing += _results[n].Grazing;
        }

        GC.KeepAlive(this);
        (long rewired, long failures) = _update.TakeRewirings();
        return new BatchResult(loss, correct, spikes, grazing, norm, rewired, failures, further);
    }

    private readonly record struct ExampleResult(float Loss, float FurtherLoss, int Correct, long Spikes, int Grazing);
}
