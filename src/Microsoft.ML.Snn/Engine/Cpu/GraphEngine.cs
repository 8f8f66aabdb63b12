using System;
using System.Globalization;
using System.Numerics.Tensors;
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
    // Enough slices for many threads where the gradient is small, few where adding them up would cost more than it brings.
    private const int FewestSlices = 8;
    private const int MostSlices = 64;
    private const long FloatsOfAllSlices = 1 << 21;
    private const int ChunkFloats = 4096;

    private readonly GraphNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly GraphWorker<TLane>[] _workers;
    private readonly GraphSlot[] _workerSlots;
    private readonly GraphSlot[] _exampleSlots;
    private readonly ExampleResult[] _results;
    private readonly NativeBuffer<float> _slices;
    private readonly NativeBuffer<float> _mean;
    private readonly NativeBuffer<float> _square;
    private readonly NativeBuffer<float> _kept = new(0);
    private readonly NativeBuffer<float> _push;
    private readonly long[][] _spikeCounts;
    private readonly int[] _examples;
    private readonly int _mostSlices;
    private readonly Action<int, int> _trainSlice;
    private readonly Action<int, int> _forward;
    private readonly Action<int, int> _backwardSlice;
    private readonly Action<int, int> _update;
    private readonly GraphScorer<TLane> _scorer;

    // An array, because walking through a read-only list allocates.
    private readonly PopulationProgram[] _spiking;

    private SpikeTrains? _trains;
    private int[] _labels = [];
    private float[]? _exampleWeights;
    private int _count;
    private int _sliceCount;
    private LearningStep _step;
    private bool _isConstantCurrent;

    public GraphEngine(NetworkProgram program, int batchSize, int threads)
    {
        _network = new GraphNetwork<TLane>(program);
        _team = new WorkerTeam(threads);
        _workers = new GraphWorker<TLane>[threads];
        _workerSlots = new GraphSlot[threads];
        _exampleSlots = new GraphSlot[batchSize];
        _results = new ExampleResult[batchSize];
        _examples = new int[batchSize];
        long length = _network.Parameters.Length;
        _mostSlices = (int)Math.Min(batchSize, Math.Clamp(FloatsOfAllSlices / length, FewestSlices, MostSlices));
        _slices = new NativeBuffer<float>(_mostSlices * length);
        _mean = new NativeBuffer<float>(length);
        _square = new NativeBuffer<float>(length);
        _push = new NativeBuffer<float>(program.SpikingNeurons);
        _spikeCounts = new long[threads][];
        for (int worker = 0; worker < threads; worker++)
        {
            _spikeCounts[worker] = new long[program.SpikingNeurons];
        }

        _spiking = [.. program.Spiking];
        _scorer = new GraphScorer<TLane>(_network, _team);
        (_trainSlice, _forward, _backwardSlice, _update) = (TrainSlice, Forward, BackwardSlice, Update);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"CPU, {_team.Size} threads, {TLane.Width} floats per instruction, graph");

    private NetworkProgram Program => _network.Program;

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        Begin(batch, step);
        if (_step.SpikeCount.IsActive)
        {
            // What regularisation does to one example depends on the spikes of all.
            _team.Run(_count, _forward);
            CountSpikes();
            _team.Run(_sliceCount, _backwardSlice);
        }
        else
        {
            _team.Run(_sliceCount, _trainSlice);
        }

        _team.Run((int)((_network.Parameters.Length + ChunkFloats - 1) / ChunkFloats), _update);
        return Finish();
    }

    public override void Score(SpikeTrains trains, Span<float> probabilities) => _scorer.Score(trains, probabilities);

    public override void SetWeights(NetworkWeights weights) => _network.Load(weights);

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

    public override void GetGradient(NetworkWeights gradient)
    {
        if (_kept.Length == 0)
        {
            throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");
        }

        _network.Parameters.Save(_kept.Pointer, gradient);
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
            _slices.Dispose();
            _mean.Dispose();
            _square.Dispose();
            _kept.Dispose();
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

        batch.Examples.CopyTo(_examples);
        (_trains, _labels, _exampleWeights, _step) = (batch.Trains, batch.Labels, batch.ExampleWeights, step);
        _sliceCount = Math.Min(_count, _mostSlices);
        _kept.Grow(KeepGradient ? _network.Parameters.Length : 0);
        if (_workers[0] == null || _isConstantCurrent != _trains.IsConstantCurrent)
        {
            CreateWorkers(_trains.IsConstantCurrent);
        }

        for (int n = 0; _step.SpikeCount.IsActive && n < _count; n++)
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
            _workers[worker] = new GraphWorker<TLane>(_network, isConstantCurrent);
            _workerSlots[worker] ??= new GraphSlot(Program, TLane.Width);
        }
    }

    private void TrainSlice(int worker, int slice)
    {
        for (int n = FirstOf(slice); n < FirstOf(slice + 1); n++)
        {
            Forward(worker, n, _workerSlots[worker]);
            Backward(worker, n, _workerSlots[worker], slice);
        }
    }

    private void Forward(int worker, int n) => Forward(worker, n, _exampleSlots[n]);

    private void BackwardSlice(int worker, int slice)
    {
        for (int n = FirstOf(slice); n < FirstOf(slice + 1); n++)
        {
            Backward(worker, n, _exampleSlots[n], slice);
        }
    }

    private int FirstOf(int slice) => (int)((long)slice * _count / _sliceCount);

    private void Forward(int worker, int n, GraphSlot slot)
    {
        int example = _examples[n];
        _workers[worker].Forward(_trains!, example, slot);
        GraphReadout readout = slot.Readouts[0];
        Span<float> probabilities = readout.Outputs;
        int label = _labels[example];
        float weight = _exampleWeights == null ? 1 : _exampleWeights[example];
        bool isCorrect = TensorPrimitives.IndexOfMax<float>(probabilities) == label;
        float labelReadout = probabilities[label];
        (float maximum, float total) = SoftmaxEquations.ToProbabilities(probabilities);
        for (int k = 0; k < probabilities.Length; k++)
        {
            readout.LossByReadout[k] = weight / _count * SoftmaxEquations.LossByReadout(probabilities[k], k == label);
        }

        _results[n] = new ExampleResult(
            weight * SoftmaxEquations.Loss(labelReadout, maximum, total), isCorrect, CountSpikes(worker, slot), 0);
    }

    private void Backward(int worker, int n, GraphSlot slot, int slice)
    {
        _workers[worker].Backward(
            _trains!, _examples[n], slot, _step.GrazingLimit, _step.SpikeCount.IsActive ? _push.Pointer : null,
            _slices.Pointer + slice * _network.Parameters.Length);
        _results[n] = _results[n] with { Grazing = slot.Grazing };
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
        foreach (PopulationProgram population in _spiking)
        {
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
                push = _step.SpikeCount.Push(push / _count, _count);
            }

            first += population.Units;
        }
    }

    /// <summary>Sums the slices of a piece of the gradient in their order, leaves them empty, and updates the weights.</summary>
    private void Update(int worker, int chunk)
    {
        long first = (long)chunk * ChunkFloats;
        int count = (int)Math.Min(ChunkFloats, _network.Parameters.Length - first);
        float* gradient = _slices.Pointer + first;
        for (int slice = 1; slice < _sliceCount; slice++)
        {
            float* own = gradient + slice * _network.Parameters.Length;
            SegmentLoops<TLane>.AddScaled(own, 1, gradient, count);
            new Span<float>(own, count).Clear();
        }

        if (KeepGradient)
        {
            new Span<float>(gradient, count).CopyTo(new Span<float>(_kept.Pointer + first, count));
        }

        RowUpdate<TLane>.Apply(
            _step.Adam, _network.Values + first, gradient, _mean.Pointer + first, _square.Pointer + first, count);
        new Span<float>(gradient, count).Clear();
    }

    private BatchResult Finish()
    {
        double loss = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int n = 0; n < _count; n++)
        {
            loss += _results[n].Loss;
            correct += _results[n].IsCorrect ? 1 : 0;
            spikes += _results[n].Spikes;
            grazing += _results[n].Grazing;
        }

        GC.KeepAlive(this);
        return new BatchResult(loss, correct, spikes, grazing);
    }

    private readonly record struct ExampleResult(float Loss, bool IsCorrect, long Spikes, int Grazing);
}
