using System;
using System.Globalization;
using System.IO;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Trains on a GPU through ILGPU.</summary>
/// <remarks>
/// <para>The loops over time run inside the kernels: the number of launches per batch depends on the number of layers,
/// not on the number of steps. A batch goes to the device as one short array and comes back as one; data sets are
/// uploaded once.</para>
/// <para>Every sum has a fixed order and no float is added atomically: same seed, same device, same bits.</para>
/// </remarks>
internal sealed class AcceleratorEngine : NetworkEngine
{
    private readonly Context? _context;
    private readonly Accelerator _accelerator;
    private readonly NetworkProgram _program;
    private readonly DeviceModel _model;
    private readonly int _batchSize;
    private readonly long[] _spikeCounts;

    private DeviceTrains? _training;
    private DeviceTrains? _scoring;

    /// <summary>Creates the engine on a device.</summary>
    /// <param name="context">Knows the device; the engine takes it over.</param>
    /// <param name="device">The device.</param>
    /// <param name="program">The network.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="spikesPerNeuron">Room for spikes of one neuron in one trial, to begin with; grows by itself.</param>
    /// <param name="eprop">How e-prop trains it, or null for EventProp.</param>
    /// <exception cref="ArgumentException">The network has something that kernels have not.</exception>
    public AcceleratorEngine(
        Context context, Device device, NetworkProgram program, int batchSize, int spikesPerNeuron = 8, EPropSettings? eprop = null)
    {
        (_context, _program, _batchSize) = (context, program, batchSize);
        _spikeCounts = new long[program.SpikingNeurons];
        try
        {
            _accelerator = device.CreateAccelerator(context);
            _model = CreateModel(_accelerator, program, batchSize, spikesPerNeuron, eprop);
        }
        catch
        {
            // The accelerator frees the memory that was allocated on it.
            _accelerator?.Dispose();
            context.Dispose();
            throw;
        }
    }

    /// <summary>Creates the engine on an accelerator that stays with the caller, and with it the compiled kernels.</summary>
    public AcceleratorEngine(Accelerator accelerator, NetworkProgram program, int batchSize, int spikesPerNeuron, EPropSettings? eprop = null)
    {
        (_accelerator, _program, _batchSize) = (accelerator, program, batchSize);
        _spikeCounts = new long[program.SpikingNeurons];
        _model = CreateModel(accelerator, program, batchSize, spikesPerNeuron, eprop);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"{_accelerator.AcceleratorType} {_accelerator.Name}, {_accelerator.MemorySize >> 20} MiB");

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        if (batch.Examples.Length < 1 || batch.Examples.Length > _batchSize)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"A batch must have 1 to {_batchSize} examples, but has {batch.Examples.Length}."), nameof(batch));
        }

        batch.CheckTargets(_program);
        int slots = batch.Examples.Length;
        _model.TakeTargets(batch.Targets);
        DeviceTrains trains = ForTraining(batch.Trains);
        do
        {
            _model.Batch.Upload(batch);
            _model.Forward(slots, trains, learns: true);
            _model.Backward(slots, step);
            _model.Update(trains, step, KeepGradient);
            _model.Batch.Download();
            _model.RequireFinite();
        }
        while (_model.ExtendTapes());

        _model.AddSpikeCounts(_spikeCounts);
        return _model.Finish();
    }

    public override void Score(SpikeTrains trains, Span<float> scores)
    {
        NetworkScorer.CheckLength(_program, trains, scores);
        DeviceTrains input = ForScoring(trains);
        int count = _program.ScoresPerExample;
        for (int first = 0; first < trains.Count; first += _batchSize)
        {
            int slots = Math.Min(_batchSize, trains.Count - first);
            _model.Batch.Upload(trains, first, slots);
            _model.Forward(slots, input, learns: false);
            _model.DownloadScores(scores.Slice(first * count, slots * count));
            if (_model.CanRunAway)
            {
                _model.Batch.Download();
                _model.RequireFinite();
            }
        }
    }

    public override void SetWeights(NetworkWeights weights) => _model.SetWeights(weights);

    public override void GetWeights(NetworkWeights weights) => _model.GetWeights(weights);

    public override void GetGradient(NetworkWeights gradient) => _model.GetGradient(gradient);

    public override void SaveState(BinaryWriter writer)
    {
        _model.SaveState(writer);
        StateStream.Write<long>(writer, _spikeCounts);
    }

    public override void LoadState(BinaryReader reader)
    {
        _model.LoadState(reader);
        StateStream.Read<long>(reader, _spikeCounts);
    }

    public override void TakeSpikeCounts(Span<long> counts)
    {
        for (int n = 0; n < _spikeCounts.Length; n++)
        {
            counts[n] += _spikeCounts[n];
        }

        Array.Clear(_spikeCounts);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _training?.Dispose();
            _scoring?.Dispose();
            _model.Dispose();
            if (_context != null)
            {
                _accelerator.Dispose();
                _context.Dispose();
            }
        }
    }

    private static DeviceModel CreateModel(
        Accelerator accelerator, NetworkProgram program, int batchSize, int spikesPerNeuron, EPropSettings? eprop) =>
        eprop == null && DeviceNetwork.CanRun(program)
            ? new DeviceNetwork(accelerator, program, batchSize, spikesPerNeuron)
            : new DeviceGraph(accelerator, program, batchSize, spikesPerNeuron, eprop);

    private DeviceTrains ForTraining(SpikeTrains trains)
    {
        bool isPlanned = _training?.Source.IsConstantCurrent == trains.IsConstantCurrent;
        if (_training == null)
        {
            _training = new DeviceTrains(_accelerator, trains, forTraining: true);
        }
        else if (!ReferenceEquals(_training.Source, trains))
        {
            _training.Load(trains);
        }

        if (!isPlanned)
        {
            _model.Plan(trains.IsConstantCurrent);
        }

        return _training;
    }

    private DeviceTrains ForScoring(SpikeTrains trains)
    {
        if (_training != null && ReferenceEquals(_training.Source, trains))
        {
            return _training;
        }

        if (_scoring == null || !ReferenceEquals(_scoring.Source, trains))
        {
            _scoring?.Dispose();
            _scoring = new DeviceTrains(_accelerator, trains, forTraining: false);
        }

        return _scoring;
    }
}
