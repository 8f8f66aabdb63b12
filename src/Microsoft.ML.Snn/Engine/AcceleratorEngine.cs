using System;
using System.Globalization;
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
    private readonly DeviceKernels _kernels;
    private readonly DeviceBatch _batch;
    private readonly DeviceConnection[] _connections;
    private readonly DeviceLayer[] _layers;
    private readonly DeviceOutput _output;
    private readonly int _batchSize;
    private readonly long[] _spikeCounts;

    // Every view that a kernel receives has memory behind it, used or not: an OpenCL driver may insist.
    private readonly DeviceBuffer<int> _noIntegers;
    private readonly DeviceBuffer<float> _noFloats;

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
        CheckSizes(program);
        _accelerator = device.CreateAccelerator(context);
        _kernels = new DeviceKernels(_accelerator);
        _connections = new DeviceConnection[program.Connections.Count];
        foreach (ConnectionProgram connection in program.Connections)
        {
            _connections[connection.Index] = new DeviceConnection(_accelerator, connection);
        }

        int neurons = 0;
        _layers = new DeviceLayer[program.Hidden.Count];
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer] = new DeviceLayer(
                _accelerator, program.Hidden[layer], batchSize, program.Steps, sendsErrors: layer > 0, spikesPerNeuron);
            neurons += program.Hidden[layer].Units;
        }

        _output = new DeviceOutput(_accelerator, program, batchSize);
        _batch = new DeviceBatch(_accelerator, batchSize, _layers.Length, neurons);
        _spikeCounts = new long[neurons];
        _noIntegers = new DeviceBuffer<int>(_accelerator);
        _noFloats = new DeviceBuffer<float>(_accelerator);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"{_accelerator.AcceleratorType} {_accelerator.Name}, {_accelerator.MemorySize >> 20} MiB");

    private TapeViews NoTape => new()
    {
        Step = _noIntegers.View,
        Current = _noFloats.View,
        ReleaseSlope = _noFloats.View,
        Error = _noFloats.View,
        Count = _noIntegers.View,
        BatchCount = _noIntegers.View,
        Overflow = _noIntegers.View,
        Units = 0,
        Capacity = 0,
    };

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        if (batch.Examples.Length < 1 || batch.Examples.Length > _batchSize)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"A batch must have 1 to {_batchSize} examples, but has {batch.Examples.Length}."), nameof(batch));
        }

        int slots = batch.Examples.Length;
        DeviceTrains trains = ForTraining(batch.Trains);
        do
        {
            _batch.Upload(batch);
            Forward(slots, trains, learns: true);
            Backward(slots, step);
            Update(trains, step.Adam);
            _batch.Download();
        }
        while (ExtendTapes());

        for (int n = 0; n < _spikeCounts.Length; n++)
        {
            _spikeCounts[n] += _batch.SpikeCounts[n];
        }

        return _batch.Result();
    }

    public override void Score(SpikeTrains trains, Span<float> probabilities)
    {
        DeviceTrains input = ForScoring(trains);
        int classes = _program.Output.Units;
        for (int first = 0; first < trains.Count; first += _batchSize)
        {
            int slots = Math.Min(_batchSize, trains.Count - first);
            _batch.Upload(first, slots);
            Forward(slots, input, learns: false);
            _output.Probability.Download(probabilities.Slice(first * classes, slots * classes));
        }
    }

    public override void SetWeights(NetworkWeights weights)
    {
        foreach (DeviceConnection connection in _connections)
        {
            connection.Weights.Upload(weights[connection.Program.Index]);
        }
    }

    public override void GetWeights(NetworkWeights weights)
    {
        foreach (DeviceConnection connection in _connections)
        {
            connection.Weights.Download(weights[connection.Program.Index]);
        }
    }

    public override void GetGradient(NetworkWeights gradient)
    {
        foreach (DeviceConnection connection in _connections)
        {
            if (!connection.HasGradient)
            {
                throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");
            }

            connection.Gradient.Download(gradient[connection.Program.Index]);
        }
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
            _noIntegers.Dispose();
            _noFloats.Dispose();
            _batch.Dispose();
            _output.Dispose();
            Array.ForEach(_layers, layer => layer.Dispose());
            Array.ForEach(_connections, connection => connection.Dispose());
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
        if (_training == null || !ReferenceEquals(_training.Source, trains))
        {
            _training?.Dispose();
            _training = new DeviceTrains(_accelerator, trains, forTraining: true);
            PlanTraces(trains.IsConstantCurrent);
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

    private void PlanTraces(bool isConstantCurrent)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            bool needsSum = isConstantCurrent && layer == 0;
            _layers[layer].Trace.Plan(needsSum, !needsSum || _program.Hidden[layer].Recurrent != null);
        }

        bool outputNeedsSum = isConstantCurrent && _layers.Length == 0;
        _output.Trace.Plan(outputNeedsSum, !outputNeedsSum);
    }

    private void Forward(int slots, DeviceTrains trains, bool learns)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            HiddenProgram hidden = _program.Hidden[layer];
            _layers[layer].ClearMasks();
            _kernels.Forward(slots, new HiddenForwardParameters
            {
                Input = ArrivalsAt(layer, hidden.Input, trains),
                Membrane = hidden.Membrane,
                Spike = hidden.Spike,
                Tape = TapeOf(layer, learns),
                Masks = _layers[layer].Masks,
                Units = hidden.Units,
                Steps = _program.Steps,
                Recurrent = WeightsOf(hidden.Recurrent ?? hidden.Input),
                State = _layers[layer].State,
                Counters = _layers[layer].Counters,
            }, hidden.Recurrent != null);
        }

        OutputProgram output = _program.Output;
        _kernels.Output(slots, new OutputParameters
        {
            Input = ArrivalsAt(_layers.Length, output.Input, trains),
            Membrane = output.Membrane,
            Batch = _batch.Views,
            Trace = _output.Trace.Views,
            ReadoutWeight = _output.ReadoutWeight.View,
            Probability = _output.Probability.View,
            MaximumStep = _output.MaximumStep.View,
            MaximumSlope = _output.MaximumSlope.View,
            MovedMaxima = _output.MovedMaxima.View,
            Arrived = _output.Arrived.View,
            Classes = output.Units,
            Steps = _program.Steps,
            IsMaximum = output.Readout == ReadoutKind.Maximum ? 1 : 0,
            Learns = learns ? 1 : 0,
        });
    }

    private void Backward(int slots, in LearningStep step)
    {
        for (int layer = _layers.Length - 1; layer >= 0; layer--)
        {
            bool isLast = layer == _layers.Length - 1;
            ConnectionProgram next = isLast ? _program.Output.Input : _program.Hidden[layer + 1].Input;
            TraceViews trace = isLast ? _output.Trace.Views : _layers[layer + 1].Trace.Views;
            TapeViews tape = TapeOf(layer, keepsSpikes: true);
            _kernels.Errors(slots, new ErrorParameters
            {
                Tape = tape,
                Weights = WeightsOf(next),
                Difference = trace.Difference,
                Extra = _output.MovedMaxima.View,
                HasExtra = isLast && _program.Output.Readout == ReadoutKind.Maximum ? 1 : 0,
                Targets = next.Columns,
                Steps = _program.Steps,
                Lanes = 0,
            });
            HiddenProgram hidden = _program.Hidden[layer];
            _kernels.Backward(slots, new HiddenBackwardParameters
            {
                Membrane = hidden.Membrane,
                Spike = hidden.Spike,
                SpikeCount = step.SpikeCount,
                HasPush = step.SpikeCount.IsActive ? 1 : 0,
                GrazingLimit = step.GrazingLimit,
                Tape = tape,
                Trace = _layers[layer].Trace.Views,
                Batch = _batch.Views,
                Units = hidden.Units,
                Steps = _program.Steps,
                Masks = _layers[layer].Masks,
                Recurrent = WeightsOf(hidden.Recurrent ?? hidden.Input),
                State = _layers[layer].State,
                Counters = _layers[layer].Counters,
                Lanes = 0,
            }, hidden.Recurrent != null);
        }
    }

    private void Update(DeviceTrains trains, AdamEquations adam)
    {
        for (int layer = 0; layer <= _layers.Length; layer++)
        {
            bool isOutput = layer == _layers.Length;
            MembraneEquations membrane = isOutput ? _program.Output.Membrane : _program.Hidden[layer].Membrane;
            TraceViews trace = isOutput ? _output.Trace.Views : _layers[layer].Trace.Views;
            ConnectionProgram input = isOutput ? _program.Output.Input : _program.Hidden[layer].Input;
            Update(input, trains, layer - 1, trace, membrane, adam, trace.WritesSum != 0);
            if (!isOutput && _program.Hidden[layer].Recurrent is ConnectionProgram recurrent)
            {
                Update(recurrent, trains, layer, trace, membrane, adam, isConstant: false);
            }
        }
    }

    private void Update(
        ConnectionProgram program, DeviceTrains trains, int presynaptic, TraceViews trace, MembraneEquations membrane,
        AdamEquations adam, bool isConstant)
    {
        DeviceConnection connection = _connections[program.Index];
        if (KeepGradient)
        {
            connection.KeepGradient();
        }

        _kernels.Gradient(program.Rows, new GradientParameters
        {
            Adam = adam,
            Batch = _batch.Views,
            Input = trains.Views,
            Tape = presynaptic < 0 ? NoTape : TapeOf(presynaptic, keepsSpikes: true),
            IsTape = presynaptic < 0 ? 0 : 1,
            Trace = isConstant ? trace.Sum : trace.LambdaI,
            Segments = isConstant ? 1 : _program.Steps,
            Scale = -membrane.SynapseTime * (isConstant ? membrane.CurrentGain : 1),
            Columns = program.Columns,
            Weights = connection.Weights.View,
            Gradient = connection.Gradient.View,
            KeepsGradient = KeepGradient ? 1 : 0,
            Mean = connection.Mean.View,
            Square = connection.Square.View,
        });
    }

    /// <summary>Makes room where the last batch had more spikes than a tape could hold.</summary>
    /// <returns>Whether the batch has to be run again; no weight has changed then.</returns>
    private bool ExtendTapes()
    {
        bool extended = false;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            if (_batch.Overflow[layer] != 0)
            {
                _layers[layer].Extend(_batch.Overflow[layer]);
                extended = true;
            }
        }

        return extended;
    }

    private Arrivals ArrivalsAt(int layer, ConnectionProgram input, DeviceTrains trains) => new()
    {
        Kind = layer > 0 ? ArrivalKind.Spikes
            : trains.Source.IsConstantCurrent ? ArrivalKind.ConstantCurrent
            : trains.Source.HasValues ? ArrivalKind.ValuedEvents
            : ArrivalKind.Events,
        Steps = _program.Steps,
        Columns = input.Columns,
        Weights = WeightsOf(input),
        Example = _batch.Views.Example,
        Input = trains.Views,
        Masks = layer > 0 ? _layers[layer - 1].Masks : new() { Bits = _noIntegers.View, Steps = 0, Words = 0 },
    };

    private TapeViews TapeOf(int layer, bool keepsSpikes)
    {
        int first = 0;
        for (int before = 0; before < layer; before++)
        {
            first += _program.Hidden[before].Units;
        }

        return _layers[layer].Tape(
            _batch.SpikeCountsOf(first, _program.Hidden[layer].Units), _batch.Views.Overflow.SubView(layer, 1), keepsSpikes);
    }

    private ArrayView<float> WeightsOf(ConnectionProgram connection) => _connections[connection.Index].Weights.View;
}
