using System;
using System.Linq;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>A plain stack of layers on a device: a launch per layer and phase.</summary>
internal sealed partial class DeviceNetwork : DeviceModel
{
    private readonly NetworkProgram _program;
    private readonly DeviceKernels _kernels;
    private readonly DeviceLayer[] _layers;

    // Every view that a kernel receives has memory behind it, used or not: an OpenCL driver may insist.
    private readonly DeviceBuffer<int> _noIntegers;
    private readonly DeviceBuffer<float> _noFloats;
    private readonly DeviceBuffer<float> _squares;

    /// <summary>Compiles the kernels and allocates all that does not depend on the data.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="program">The network.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="spikesPerNeuron">Room for spikes of one neuron in one trial, to begin with.</param>
    public DeviceNetwork(Accelerator accelerator, NetworkProgram program, int batchSize, int spikesPerNeuron)
    {
        _program = program;
        _kernels = new DeviceKernels(accelerator);
        Connections = new DeviceConnection[program.Connections.Count];
        foreach (ConnectionProgram connection in program.Connections)
        {
            Connections[connection.Index] = new DeviceConnection(accelerator, connection);
        }

        _layers = new DeviceLayer[program.Hidden.Count];
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer] = new DeviceLayer(
                accelerator, program.Hidden[layer], batchSize, program.Steps, sendsErrors: layer > 0, spikesPerNeuron);
            HiddenNeurons += program.Hidden[layer].Units;
        }

        Output = new DeviceOutput(accelerator, program, batchSize);
        Batch = new DeviceBatch(accelerator, batchSize, _layers.Length, HiddenNeurons);
        _noIntegers = new DeviceBuffer<int>(accelerator);
        _noFloats = new DeviceBuffer<float>(accelerator);
        _squares = new DeviceBuffer<float>(accelerator);
    }

    /// <summary>Weights, in the order of the program.</summary>
    public DeviceConnection[] Connections { get; }

    public DeviceOutput Output { get; }

    public override DeviceBatch Batch { get; }

    public override bool CanRunAway => false;

    /// <summary>Number of neurons of all hidden layers.</summary>
    public int HiddenNeurons { get; }

    /// <summary>Whether it has kernels for a network; those of graphs run any other, and layers of any size.</summary>
    public static bool CanRun(NetworkProgram program) => program.IsPlain && program.Hidden.All(
        layer => layer.Units <= (layer.Recurrent == null ? DeviceKernels.MaximumUnits : RecurrentKernel.MaximumUnits));

    private TapeViews NoTape => new()
    {
        Step = _noIntegers.View,
        Slope = _noFloats.View,
        ReleaseSlope = _noFloats.View,
        Error = _noFloats.View,
        Count = _noIntegers.View,
        BatchCount = _noIntegers.View,
        Overflow = _noIntegers.View,
        Units = 0,
        Capacity = 0,
    };

    /// <summary>Gives every layer room for λI in the form that its connections read.</summary>
    /// <param name="isConstantCurrent">Whether the input is a constant current.</param>
    public override void Plan(bool isConstantCurrent)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            bool needsSum = isConstantCurrent && layer == 0;
            _layers[layer].Trace.Plan(needsSum, !needsSum || _program.Hidden[layer].Recurrent != null);
        }

        bool outputNeedsSum = isConstantCurrent && _layers.Length == 0;
        Output.Trace.Plan(outputNeedsSum, !outputNeedsSum);
    }

    public override void TakeTargets(Targets targets) => Output.Targets.Take(targets, _program.Steps);

    public override void DownloadScores(Span<float> scores) =>
        (_program.Output.Readout == ReadoutKind.EveryStep ? Output.Arrived : Output.Probability).Download(scores);

    /// <summary>Runs the batch forward and, if it is to be learned from, the output layer backward.</summary>
    public override void Forward(int slots, DeviceTrains trains, bool learns)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            HiddenProgram hidden = _program.Hidden[layer];
            if (hidden.Recurrent == null)
            {
                _layers[layer].ClearMasks();
            }

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
            Trace = Output.Trace.Views,
            ReadoutWeight = Output.ReadoutWeight.View,
            MaximumStep = Output.MaximumStep.View,
            MaximumSlope = Output.MaximumSlope.View,
            MovedMaxima = Output.MovedMaxima.View,
            IsMaximum = output.Readout == ReadoutKind.Maximum ? 1 : 0,
            Loss = new LossViews
            {
                Batch = Batch.Views,
                Target = Output.Targets.Views,
                Readout = Output.Probability.View,
                StepReadout = Output.Arrived.View,
                Classes = output.Units,
                Steps = _program.Steps,
                Loss = output.Loss.Kind,
                ReadsEveryStep = output.Readout == ReadoutKind.EveryStep ? 1 : 0,
                LearnsEveryStep = output.Loss.IsEveryStep ? 1 : 0,
                Learns = learns ? 1 : 0,
                LossWeight = 1,
                IsFirst = 1,
            },
        });
    }

    /// <summary>Runs the adjoint of every hidden layer backward.</summary>
    public override void Backward(int slots, in LearningStep step)
    {
        for (int layer = _layers.Length - 1; layer >= 0; layer--)
        {
            bool isLast = layer == _layers.Length - 1;
            ConnectionProgram next = isLast ? _program.Output.Input : _program.Hidden[layer + 1].Input;
            TraceViews trace = isLast ? Output.Trace.Views : _layers[layer + 1].Trace.Views;
            TapeViews tape = TapeOf(layer, keepsSpikes: true);
            _kernels.Errors(slots, new ErrorParameters
            {
                Tape = tape,
                Weights = WeightsOf(next),
                Difference = trace.Difference,
                Extra = Output.MovedMaxima.View,
                HasExtra = isLast && _program.Output is { Readout: ReadoutKind.Maximum, Loss.IsEveryStep: false } ? 1 : 0,
                Targets = next.Columns,
                Steps = _program.Steps,
                Lanes = 0,
            });
            HiddenProgram hidden = _program.Hidden[layer];
            _kernels.Backward(slots, new HiddenBackwardParameters
            {
                Membrane = hidden.Membrane,
                Spike = hidden.Spike,
                SpikeCount = step.SpikeCounts[layer],
                HasPush = step.SpikeCounts[layer].IsActive ? 1 : 0,
                GrazingLimit = step.GrazingLimit,
                Tape = tape,
                Trace = _layers[layer].Trace.Views,
                Batch = Batch.Views,
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

    /// <summary>Gathers every gradient and updates every weight, unless a tape was too short.</summary>
    /// <param name="trains">The data set.</param>
    /// <param name="step">The numbers of the update.</param>
    /// <param name="keepGradient">Whether the gradient is kept beside the update.</param>
    public override void Update(DeviceTrains trains, in LearningStep step, bool keepGradient)
    {
        bool clips = step.Clipping.IsActive;
        for (int layer = 0; layer <= _layers.Length; layer++)
        {
            bool isOutput = layer == _layers.Length;
            MembraneEquations membrane = isOutput ? _program.Output.Membrane : _program.Hidden[layer].Membrane;
            TraceViews trace = isOutput ? Output.Trace.Views : _layers[layer].Trace.Views;
            ConnectionProgram input = isOutput ? _program.Output.Input : _program.Hidden[layer].Input;
            Gather(input, trains, layer - 1, trace, membrane, step, trace.WritesSum != 0, keepGradient || clips);
            if (!isOutput && _program.Hidden[layer].Recurrent is ConnectionProgram recurrent)
            {
                Gather(recurrent, trains, layer, trace, membrane, step, isConstant: false, keepGradient || clips);
            }
        }

        if (clips)
        {
            ClipAndUpdate(step);
        }
    }

    /// <summary>Gathers the gradient of a connection, and updates its weights at once if nothing has to be clipped first.</summary>
    private void Gather(
        ConnectionProgram program, DeviceTrains trains, int presynaptic, TraceViews trace, MembraneEquations membrane,
        in LearningStep step, bool isConstant, bool keepGradient)
    {
        DeviceConnection connection = Connections[program.Index];
        if (keepGradient)
        {
            connection.KeepGradient();
        }

        _kernels.Gradient(program.Rows, new GradientParameters
        {
            Update = step.Updates[program.Index],
            Applies = step.Clipping.IsActive ? 0 : 1,
            Batch = Batch.Views,
            Source = new ArrivalTrace
            {
                Input = trains.Views,
                Tape = presynaptic < 0 ? NoTape : TapeOf(presynaptic, keepsSpikes: true),
                IsTape = presynaptic < 0 ? 0 : 1,
                FirstRow = 0,
                Trace = isConstant ? trace.Sum : trace.LambdaI,
                Segments = isConstant ? 1 : _program.Steps,
                Stride = program.Columns,
                FirstColumn = 0,
                DelayForm = DelayForm.Uniform,
                Delay = 0,
                Delays = _noIntegers.View,
            },
            Scale = -membrane.SynapseTime * (isConstant ? membrane.CurrentGain : 1),
            Columns = program.Columns,
            Weights = connection.Weights.View,
            Gradient = connection.Gradient.View,
            KeepsGradient = keepGradient ? 1 : 0,
            Mean = connection.Mean.View,
            Square = connection.Square.View,
        });
    }

    private void ClipAndUpdate(in LearningStep step)
    {
        int rows = 0;
        foreach (DeviceConnection connection in Connections)
        {
            rows += connection.Program.Rows;
        }

        _squares.Grow(rows);
        rows = 0;
        foreach (DeviceConnection connection in Connections)
        {
            ConnectionProgram program = connection.Program;
            _kernels.Square(program.Rows, new SquareParameters
            {
                Gradient = connection.Gradient.View,
                Columns = program.Columns,
                Squares = _squares.View.SubView(rows, program.Rows),
            });
            rows += program.Rows;
        }

        _kernels.Norm(new NormParameters { Squares = _squares.View, Rows = rows, Batch = Batch.Views });
        foreach (DeviceConnection connection in Connections)
        {
            _kernels.Update(connection.Program.Rows, new UpdateParameters
            {
                Update = step.Updates[connection.Program.Index],
                Clipping = step.Clipping,
                Batch = Batch.Views,
                Columns = connection.Program.Columns,
                Weights = connection.Weights.View,
                Gradient = connection.Gradient.View,
                Mean = connection.Mean.View,
                Square = connection.Square.View,
            });
        }
    }

    /// <summary>Makes room where the last batch had more spikes than a tape could hold.</summary>
    /// <returns>Whether the batch has to be run again; no weight has changed then.</returns>
    public override bool ExtendTapes()
    {
        bool extended = false;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            if (Batch.Overflow[layer] != 0)
            {
                _layers[layer].Extend(Batch.Overflow[layer]);
                extended = true;
            }
        }

        return extended;
    }

    /// <summary>The neurons of the library stay finite.</summary>
    public override void RequireFinite()
    {
    }

    public override BatchResult Finish() => Batch.Result();

    public override void AddSpikeCounts(Span<long> counts)
    {
        for (int n = 0; n < HiddenNeurons; n++)
        {
            counts[n] += Batch.SpikeCounts[n];
        }
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
        Example = Batch.Views.Example,
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
            Batch.SpikeCountsOf(first, _program.Hidden[layer].Units), Batch.Views.Overflow.SubView(layer, 1), keepsSpikes);
    }

    private ArrayView<float> WeightsOf(ConnectionProgram connection) => Connections[connection.Index].Weights.View;

    public override void Dispose()
    {
        _noIntegers.Dispose();
        _noFloats.Dispose();
        _squares.Dispose();
        Batch.Dispose();
        Output.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
        Array.ForEach(Connections, connection => connection.Dispose());
    }
}
