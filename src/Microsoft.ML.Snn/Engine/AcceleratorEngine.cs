using System;
using System.Globalization;
using System.IO;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
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
    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly NetworkProgram _program;
    private readonly DeviceNetwork _network;
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
    /// <exception cref="ArgumentException">The network is too large for the kernels.</exception>
    public AcceleratorEngine(Context context, Device device, NetworkProgram program, int batchSize, int spikesPerNeuron = 8)
    {
        (_context, _program, _batchSize) = (context, program, batchSize);
        try
        {
            CheckSizes(program);
            _accelerator = device.CreateAccelerator(context);
            _network = new DeviceNetwork(_accelerator, program, batchSize, spikesPerNeuron);
            _spikeCounts = new long[_network.HiddenNeurons];
        }
        catch
        {
            // The accelerator frees the memory that was allocated on it.
            _accelerator?.Dispose();
            context.Dispose();
            throw;
        }
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
        _network.Output.Targets.Take(batch.Targets, _program.Steps);
        DeviceTrains trains = ForTraining(batch.Trains);
        do
        {
            _network.Batch.Upload(batch);
            _network.Forward(slots, trains, learns: true);
            _network.Backward(slots, step);
            _network.Update(trains, step, KeepGradient);
            _network.Batch.Download();
        }
        while (_network.ExtendTapes());

        for (int n = 0; n < _spikeCounts.Length; n++)
        {
            _spikeCounts[n] += _network.Batch.SpikeCounts[n];
        }

        return _network.Batch.Result();
    }

    public override void Score(SpikeTrains trains, Span<float> scores)
    {
        DeviceTrains input = ForScoring(trains);
        OutputProgram output = _program.Output;
        int count = output.ScoresFor(_program.Steps);
        DeviceBuffer<float> source = output.Readout == ReadoutKind.EveryStep ? _network.Output.Arrived : _network.Output.Probability;
        for (int first = 0; first < trains.Count; first += _batchSize)
        {
            int slots = Math.Min(_batchSize, trains.Count - first);
            _network.Batch.Upload(first, slots);
            _network.Forward(slots, input, learns: false);
            source.Download(scores.Slice(first * count, slots * count));
        }
    }

    public override void SetWeights(NetworkWeights weights)
    {
        foreach (DeviceConnection connection in _network.Connections)
        {
            connection.Weights.Upload(weights[connection.Program.Index]);
        }
    }

    public override void GetWeights(NetworkWeights weights)
    {
        foreach (DeviceConnection connection in _network.Connections)
        {
            connection.Weights.Download(weights[connection.Program.Index]);
        }
    }

    public override void GetGradient(NetworkWeights gradient)
    {
        foreach (DeviceConnection connection in _network.Connections)
        {
            if (!connection.HasGradient)
            {
                throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");
            }

            connection.Gradient.Download(gradient[connection.Program.Index]);
        }
    }

    public override void SaveState(BinaryWriter writer)
    {
        foreach (DeviceConnection connection in _network.Connections)
        {
            var values = new float[connection.Program.Rows * connection.Program.Columns];
            foreach (DeviceBuffer<float> buffer in connection.State)
            {
                buffer.Download(values);
                StateStream.Write<float>(writer, values);
            }
        }

        StateStream.Write<long>(writer, _spikeCounts);
    }

    public override void LoadState(BinaryReader reader)
    {
        foreach (DeviceConnection connection in _network.Connections)
        {
            var values = new float[connection.Program.Rows * connection.Program.Columns];
            foreach (DeviceBuffer<float> buffer in connection.State)
            {
                StateStream.Read<float>(reader, values);
                buffer.Upload(values);
            }
        }

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
            _network.Dispose();
            _accelerator.Dispose();
            _context.Dispose();
        }
    }

    private static void CheckSizes(NetworkProgram program)
    {
        for (int layer = 0; layer < program.Hidden.Count; layer++)
        {
            HiddenProgram hidden = program.Hidden[layer];
            if (hidden.Recurrent != null && hidden.Units > RecurrentKernel.MaximumUnits)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Recurrent hidden layer {layer + 1} must have at most {RecurrentKernel.MaximumUnits} neurons on a GPU, but has {hidden.Units}. ")
                    + "Use fewer neurons, or train on the CPU: do not set MLContext.GpuDeviceId.", nameof(program));
            }
        }
    }

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
            _network.PlanTraces(trains.IsConstantCurrent);
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
