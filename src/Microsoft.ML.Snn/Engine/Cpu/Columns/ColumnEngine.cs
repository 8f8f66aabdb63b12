using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
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
internal sealed unsafe partial class ColumnEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    private static readonly int BlockWidth = 4 * TLane.Width;

    private readonly NetworkProgram _program;
    private readonly HiddenProgram _hidden;
    private readonly WorkerTeam _team;
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
    private readonly Action<int, int> _forwardAndSort;
    private readonly Action<int, int> _read;
    private readonly Action<int, int> _score;
    private readonly Action<int, int> _backward;
    private readonly Action<int, int> _update;
    private readonly Action<int, int> _apply;

    private SpikeTrains? _trains;
    private Targets? _targets;
    private float[]? _exampleWeights;
    private int _count;
    private bool _keepsGradient;
    private float _scale;
    private float* _scores;
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
        (_forward, _forwardAndSort, _read, _score, _backward, _update, _apply) = (Forward, ForwardAndSort, Read, Score, Backward, Update, Apply);
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
        _team.Run(_team.Size, _forwardAndSort);
        long forward = Stopwatch.GetTimestamp();
        _team.Run(_team.Size, _read);
        _team.Run(_team.Size, _backward);
        long backward = Stopwatch.GetTimestamp();
        double norm = RunUpdate();
        Phases.Add(forward - start, backward - forward, Stopwatch.GetTimestamp() - backward);
        return Finish(norm);
    }

    /// <summary>Scores with the passes of the training, a batch at a time.</summary>
    public override void Score(SpikeTrains trains, Span<float> scores)
    {
        NetworkScorer.CheckLength(_program, trains, scores);
        fixed (float* target = scores)
        {
            for (int first = 0; first < trains.Count; first += _examples.Length)
            {
                _count = Math.Min(_examples.Length, trains.Count - first);
                for (int slot = 0; slot < _count; slot++)
                {
                    _examples[slot] = first + slot;
                }

                Take(trains);
                _scores = target + (long)first * _program.Output.Units;
                _team.Run(_team.Size, _forward);
                _team.Run(_team.Size, _score);
            }
        }

        GC.KeepAlive(this);
    }

    public override void SetWeights(NetworkWeights weights)
    {
        _input.Weight.Load(weights[_input.Connection.Index]);
        _output.Weight.Load(weights[_output.Connection.Index]);
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
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _team.Dispose();
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
        (_targets, _exampleWeights, _step) = (batch.Targets, batch.ExampleWeights, step);
        Take(batch.Trains);
        _keepsGradient = KeepGradient || step.Clipping.IsActive;
        if (_keepsGradient)
        {
            _input.KeepGradient();
            _output.KeepGradient();
        }
    }

    /// <summary>Prepares the passes of the examples that were chosen.</summary>
    private void Take(SpikeTrains trains)
    {
        _trains = trains;
        _memory.Plan(trains.IsConstantCurrent);
        for (int slot = 0; slot < _count; slot++)
        {
            _events[slot] = CpuNetwork<TLane>.EventsOf(trains, _examples[slot]);
        }
    }
}
