using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>Trains a network of one hidden layer without recurrent connections: the network that is used most.</summary>
/// <remarks>
/// <para>A thread owns columns, not examples: it runs a block of neurons through all trials of the batch, and later updates the
/// weights of those neurons. So no weight and no trace ever moves from one core to another; what the cores exchange is a
/// few numbers per neuron and example.</para>
/// <para>The output layer is linear up to its readout, and is not run through time: see <see cref="ReadoutProfile"/>.</para>
/// <para>Every sum has an order of its own that does not depend on the number of threads: the result has the same bits on any.</para>
/// </remarks>
internal sealed unsafe class ColumnEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    private static readonly int BlockWidth = 4 * TLane.Width;

    private readonly NetworkProgram _program;
    private readonly HiddenProgram _hidden;
    private readonly WorkerTeam _team;
    private readonly CpuNetwork<TLane> _scoringNetwork;
    private readonly CpuScorer<TLane> _scorer;
    private readonly ColumnWeights _input;
    private readonly ColumnWeights _output;
    private readonly ColumnMemory _memory;
    private readonly ColumnPasses<TLane> _passes;
    private readonly EventIndex[] _indexes;
    private readonly EventList[] _events;
    private readonly OutputRecord[] _records;
    private readonly NativeBuffer<nint> _lossByReadout;
    private readonly int[] _examples;
    private readonly int _groups;
    private readonly long[] _spikeCounts;
    private readonly double[] _squares;
    private readonly Action<int, int> _forward;
    private readonly Action<int, int> _read;
    private readonly Action<int, int> _backward;
    private readonly Action<int, int> _update;
    private readonly Action<int, int> _apply;

    private SpikeTrains? _trains;
    private Targets? _targets;
    private float[]? _exampleWeights;
    private int _count;
    private bool _keepsGradient;
    private float _scale;
    private bool _isScorerStale = true;
    private LearningStep _step;

    public ColumnEngine(NetworkProgram program, int batchSize, int threads)
    {
        if (!CanRun(program))
        {
            throw new ArgumentException("A network for this engine must have one hidden layer without recurrent connections.", nameof(program));
        }

        _program = program;
        _hidden = program.Hidden[0];
        _team = new WorkerTeam(threads);
        _scoringNetwork = new CpuNetwork<TLane>(program);
        _scorer = new CpuScorer<TLane>(_scoringNetwork, _team);
        _input = new ColumnWeights(_hidden.Input, BlockWidth, isFromNeurons: false);
        _output = new ColumnWeights(program.Output.Input, BlockWidth, isFromNeurons: true);
        _memory = new ColumnMemory(program, batchSize, threads, BlockWidth, TLane.Width);
        _passes = new ColumnPasses<TLane>(program, _input.Weight, _output.Weight, _memory);
        _indexes = [.. Enumerable.Range(0, threads).Select(_ => new EventIndex(program.Channels))];
        _events = new EventList[batchSize];
        _examples = new int[batchSize];
        _records = [.. Enumerable.Range(0, batchSize).Select(_ => new OutputRecord(program.Output.Units, steps: 0, TLane.Width))];
        _lossByReadout = new NativeBuffer<nint>(batchSize);
        for (int slot = 0; slot < batchSize; slot++)
        {
            _lossByReadout.Pointer[slot] = (nint)_records[slot].LossByReadout;
        }

        _groups = threads / (int)BigInteger.GreatestCommonDivisor(_memory.Blocks, threads);
        _spikeCounts = new long[_hidden.Units];
        _squares = new double[_memory.Blocks * (_input.Pieces + _output.Pieces)];
        (_forward, _read, _backward, _update, _apply) = (Forward, Read, Backward, Update, Apply);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"CPU, {_team.Size} threads, {TLane.Width} floats per instruction");

    /// <summary>Where the time went, for the profile.</summary>
    public PhaseTimes Phases { get; } = new();

    /// <summary>Whether this engine can train a network.</summary>
    public static bool CanRun(NetworkProgram program) =>
        program.IsPlain && program.Hidden.Count == 1 && program.Hidden[0].Recurrent == null
        && program.Hidden[0].Spike.RefractorySteps == 0 && program.Output.IsWeightedSum && !program.Output.Loss.IsEveryStep;

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        Begin(batch, step);
        long start = Stopwatch.GetTimestamp();
        _team.Run(_team.Size, _forward);
        long forward = Stopwatch.GetTimestamp();
        _team.Run(_team.Size, _read);
        _team.Run(_team.Size, _backward);
        long backward = Stopwatch.GetTimestamp();
        double norm = RunUpdate();
        Phases.Add(forward - start, backward - forward, Stopwatch.GetTimestamp() - backward);
        _isScorerStale = true;
        return Finish(norm);
    }

    public override void Score(SpikeTrains trains, Span<float> scores)
    {
        if (_isScorerStale)
        {
            NetworkWeights weights = NetworkWeights.ZerosFor(_program);
            GetWeights(weights);
            _scoringNetwork.Weights.Load(weights);
            _isScorerStale = false;
        }

        _scorer.Score(trains, scores);
    }

    public override void SetWeights(NetworkWeights weights)
    {
        _input.Weight.Load(weights[_input.Connection.Index]);
        _output.Weight.Load(weights[_output.Connection.Index]);
        _isScorerStale = true;
    }

    public override void GetWeights(NetworkWeights weights)
    {
        _input.Weight.Save(weights[_input.Connection.Index]);
        _output.Weight.Save(weights[_output.Connection.Index]);
    }

    public override void GetGradient(NetworkWeights gradient)
    {
        _input.Gradient.Save(gradient[_input.Connection.Index]);
        _output.Gradient.Save(gradient[_output.Connection.Index]);
    }

    public override void TakeSpikeCounts(Span<long> counts)
    {
        for (int n = 0; n < _spikeCounts.Length; n++)
        {
            counts[n] += _spikeCounts[n];
        }

        Array.Clear(_spikeCounts);
    }

    public override void SaveState(BinaryWriter writer)
    {
        _input.SaveState(writer);
        _output.SaveState(writer);
        StateStream.Write<long>(writer, _spikeCounts);
    }

    public override void LoadState(BinaryReader reader)
    {
        _input.LoadState(reader);
        _output.LoadState(reader);
        StateStream.Read<long>(reader, _spikeCounts);
        _memory.UseAllRows();
        _isScorerStale = true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scorer.Dispose();
            _scoringNetwork.Dispose();
            _input.Dispose();
            _output.Dispose();
            _memory.Dispose();
            _passes.Dispose();
            Array.ForEach(_indexes, index => index.Dispose());
            _lossByReadout.Dispose();
            Array.ForEach(_records, record => record.Dispose());
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

        batch.CheckTargets(_program);
        batch.Examples.CopyTo(_examples);
        (_trains, _targets, _exampleWeights, _step) = (batch.Trains, batch.Targets, batch.ExampleWeights, step);
        _memory.Plan(_trains.IsConstantCurrent);
        for (int slot = 0; slot < _count; slot++)
        {
            _events[slot] = CpuNetwork<TLane>.EventsOf(_trains, _examples[slot]);
        }

        _keepsGradient = KeepGradient || step.Clipping.IsActive;
        if (_keepsGradient)
        {
            _input.KeepGradient();
            _output.KeepGradient();
        }
    }

    /// <summary>A part of the work is a run of blocks, each cut into groups of examples or rows so that all parts are equal.</summary>
    private int First(int part) => part * (_memory.Blocks * _groups / _team.Size);

    private int FirstSlot(int group) => group * _count / _groups;

    private void Forward(int worker, int part)
    {
        for (int slot = 0; slot < _count; slot++)
        {
            _events[slot].Prefetch(_trains!.ChannelsOf(_examples[slot]).Length, _memory.Segments);
        }

        // Every part sorts for itself: to sort is cheaper than to read what another core has just written.
        _indexes[part].Build(_events.AsSpan(0, _count), _memory.Segments);
        for (int unit = First(part); unit < First(part + 1); unit++)
        {
            (int block, int group) = Math.DivRem(unit, _groups);
            for (int slot = FirstSlot(group); slot < FirstSlot(group + 1); slot++)
            {
                _passes.Forward(worker, block, slot, _events[slot], _trains!.IsConstantCurrent, _step.GrazingLimit);
            }
        }
    }

    private void Read(int worker, int part)
    {
        for (int slot = part * _count / _team.Size; slot < (part + 1) * _count / _team.Size; slot++)
        {
            int example = _examples[slot];
            OutputRecord record = _records[slot];
            _passes.Read(worker, slot, record.Readout);
            record.TakeLoss(
                _program.Output.Readout, _program.Output.Loss, _targets![example], _exampleWeights == null ? 1 : _exampleWeights[example], _count);
        }
    }

    private void Backward(int worker, int part)
    {
        for (int unit = First(part); unit < First(part + 1); unit++)
        {
            (int block, int group) = Math.DivRem(unit, _groups);
            TakeCounts(block, group, _memory.Push(worker));
            for (int slot = FirstSlot(group); slot < FirstSlot(group + 1); slot++)
            {
                _passes.Backward(
                    worker, block, slot, _records[slot].LossByReadout, _trains!.IsConstantCurrent, _step.GrazingLimit);
            }
        }
    }

    private double RunUpdate()
    {
        _team.Run(_team.Size, _update);
        if (!_step.Clipping.IsActive)
        {
            return 0;
        }

        double squares = 0;
        foreach (double square in _squares)
        {
            squares += square;
        }

        double norm = Math.Sqrt(squares);
        _scale = _step.Clipping.Scale((float)norm);
        _team.Run(_team.Size, _apply);
        return norm;
    }

    private void Update(int worker, int part) => Update(part, isApplying: false);

    private void Apply(int worker, int part) => Update(part, isApplying: true);

    /// <summary>Runs the update of a part with the optimiser of each connection as a type: its loops must not choose.</summary>
    private void Update(int part, bool isApplying)
    {
        for (int unit = First(part); unit < First(part + 1); unit++)
        {
            foreach (ColumnWeights weights in (ReadOnlySpan<ColumnWeights>)[_input, _output])
            {
                UpdateEquations update = _step.Updates[weights.Connection.Index];
                if (update.IsAdam)
                {
                    Update(update.Adam.OnLanes<TLane>(), update.LeavesAtRest, weights, part, unit, isApplying);
                }
                else
                {
                    Update(update.Momentum.OnLanes<TLane>(), update.LeavesAtRest, weights, part, unit, isApplying);
                }
            }
        }
    }

    private void Update<TUpdate>(
        TUpdate optimizer, bool leavesAtRest, ColumnWeights weights, int part, int unit, bool isApplying)
        where TUpdate : struct, IUpdateLanes<TLane>
    {
        (int block, int group) = Math.DivRem(unit, _groups);
        (int first, int end) = weights.Rows(group, _groups);
        var update = new ColumnUpdate<TLane, TUpdate>
        {
            Optimizer = optimizer,
            LeavesAtRest = leavesAtRest,
            GatherOnly = _step.Clipping.IsActive,
            Rows = new(weights.Weight[block], weights.Mean[block], weights.Square[block], _keepsGradient ? weights.Gradient[block] : null),
        };
        if (isApplying)
        {
            update.Apply(_scale, first, end);
            return;
        }

        if (weights == _input)
        {
            update.Gather(
                _indexes[part], _memory.Lambda(block, slot: 0),
                -_hidden.Membrane.SynapseTime * (_trains!.IsConstantCurrent ? _hidden.Membrane.CurrentGain : 1),
                _memory.IsUsed(block), first, end);
        }
        else if (first < end)
        {
            update.GatherOutputs(
                (float**)_lossByReadout.Pointer, _memory.Traces(block, slot: 0), _memory.Neurons, _count,
                -_program.Output.Membrane.SynapseTime, end);
        }

        if (_step.Clipping.IsActive)
        {
            int square = block * weights.Pieces + (weights == _input ? 0 : _memory.Blocks * _input.Pieces);
            for (int row = first; row < end; row += ColumnWeights.RowsPerPiece)
            {
                _squares[square + row / ColumnWeights.RowsPerPiece] = update.SumOfSquares(row, Math.Min(row + ColumnWeights.RowsPerPiece, end));
            }
        }
    }

    /// <summary>Counts each neuron's spikes over the batch, for the statistics and for regularisation to act on.</summary>
    private void TakeCounts(int block, int group, float* push)
    {
        float* counts = _memory.NeuronCounts(block, slot: 0);
        for (int j = 0; j < BlockWidth; j += TLane.Width)
        {
            TLane sum = TLane.Splat(0);
            for (int slot = 0; slot < _count; slot++)
            {
                sum += TLane.Load(counts + slot * _memory.Neurons + j);
            }

            TLane.Store(sum, push + j);
        }

        int first = block * BlockWidth;
        for (int n = first; n < Math.Min(first + BlockWidth, _hidden.Units); n++, push++)
        {
            if (group == 0)
            {
                _spikeCounts[n] += (long)*push;
            }

            *push = _step.SpikeCount.IsActive ? _step.SpikeCount.Push(*push / _count, _count) : 0;
        }
    }

    private BatchResult Finish(double gradientNorm)
    {
        double loss = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int slot = 0; slot < _count; slot++)
        {
            loss += _records[slot].Loss;
            correct += _records[slot].Correct;
            for (int block = 0; block < _memory.Blocks; block++)
            {
                spikes += _memory.Spikes(block, slot);
                grazing += _memory.Grazing(block, slot);
            }
        }

        GC.KeepAlive(this);
        return new BatchResult(loss, correct, spikes, grazing, gradientNorm);
    }
}
