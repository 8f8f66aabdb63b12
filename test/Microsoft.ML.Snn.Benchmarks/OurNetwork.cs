using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Cpu.Columns;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Our network as the trainer runs it, on the engine that the trainer would choose.</summary>
internal sealed class OurNetwork : IContender
{
    private readonly BenchmarkTask _task;
    private readonly NetworkEngine _engine;
    private readonly SpikeTrains _train;
    private readonly Targets _targets;
    private readonly RandomStream _random;
    private readonly int[] _order;
    private readonly int _sample;
    private readonly NetworkProgram _program;
    private readonly PhaseTimes? _phases;
    private int _epochs;
    private long _updates;
    private double _spikesPerExample;

    /// <summary>Creates the network with its data.</summary>
    /// <param name="task">What to learn.</param>
    /// <param name="options">What the command line asks for.</param>
    /// <param name="sample">How many examples stand for an epoch, whose time is scaled up; null for all.</param>
    public OurNetwork(BenchmarkTask task, RunOptions options, int? sample = null)
    {
        _task = task;
        _sample = Math.Min(sample ?? task.Train.Count, task.Train.Count);
        _train = Trains(task.Train);
        _targets = Targets.OfClasses(task.Train.Labels);
        SnnNetwork network = SnnNetwork.Sequential(
            Layer.Dense(
                task.HiddenCount,
                new LeakyIntegrateFire { MembraneTime = task.MembraneTime, Threshold = task.Threshold, ResetMode = task.ResetMode },
                task.SynapseTime == 0 ? new DeltaSynapse() : new ExponentialSynapse(task.SynapseTime),
                task.IsRecurrent,
                Weights.Normal(task.HiddenWeights.Mean, task.HiddenWeights.StandardDeviation),
                task.IsRecurrent ? Weights.Normal(task.RecurrentWeights.Mean, task.RecurrentWeights.StandardDeviation) : null),
            Layer.Output(
                task.Readout,
                new LeakyIntegrator { MembraneTime = task.MembraneTime },
                task.SynapseTime == 0 ? new DeltaSynapse() : new ExponentialSynapse(task.SynapseTime),
                Weights.Normal(task.OutputWeights.Mean, task.OutputWeights.StandardDeviation),
                firstSpike: FirstSpikeLoss.CrossEntropy(task.FirstSpikeTemperature)));
        NetworkProgram program = _program = NetworkProgram.Build(
            network, task.Train.ChannelCount, task.StepCount, task.TimeStep, task.ClassCount, integrator: task.Integrator);
        LearningAlgorithm algorithm = (LearningAlgorithm?)task.EProp ?? new EventProp();
        _engine = algorithm.CreateEngine(
            program, task.BatchSize, options.Threads, options.GpuDeviceId, fallbackToCpu: false, task.Seed, Console.WriteLine);
        (double sum, double squares) = _train.MeanInput();
        _engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(sum, squares, false), task.Seed));
        _phases = Phases(_engine);
        _random = new RandomStream(task.Seed, stream: int.MaxValue);
        _order = [.. Enumerable.Range(0, task.Train.Count)];
    }

    public string Name => _task.Integrator == Integrator.Grid && _task.Train.Times != null
        ? string.Create(CultureInfo.InvariantCulture, $"Microsoft.ML.Snn in steps of {_task.TimeStep} ms with first spike readout, forward, backward and update of {_sample} examples, time scaled to {_order.Length}")
        : _task.Integrator == Integrator.EventDriven
        ? string.Create(CultureInfo.InvariantCulture, $"Microsoft.ML.Snn from event to event with first spike readout, forward, backward and update of {_sample} examples")
        : _task.EProp?.Mode != EPropMode.Online ? "Microsoft.ML.Snn"
        : _sample == _order.Length ? "textbook e-prop"
        : string.Create(CultureInfo.InvariantCulture, $"textbook e-prop, time of {_sample} examples scaled to {_order.Length}");

    /// <summary>Gradient of the first batch with the initial weights, for comparison.</summary>
    public float[] FirstGradient()
    {
        _engine.KeepGradient = true;
        TrainBatch(0, _task.BatchSize, learningRate: 0);
        _engine.KeepGradient = false;
        NetworkWeights gradient = NetworkWeights.ZerosFor(_program);
        _engine.GetGradient(gradient);
        return [.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])];
    }

    public EpochResult TrainEpoch()
    {
        long start = Stopwatch.GetTimestamp();
        double[] before = Times();
        _random.Shuffle(_order);
        long spikes = 0;
        for (int first = 0; first < _sample; first += _task.BatchSize)
        {
            spikes += TrainBatch(first, Math.Min(_task.BatchSize, _sample - first), _task.LearningRate * Math.Pow(_task.LearningRateDecay, _epochs)).HiddenSpikes;
        }

        _epochs++;
        double scale = (double)_order.Length / _sample;
        double seconds = scale * Stopwatch.GetElapsedTime(start).TotalSeconds;
        _spikesPerExample = (double)spikes / _sample;
        double[] phases = [.. Times().Zip(before, (now, then) => scale * (now - then))];
        var named = new Dictionary<string, double> { ["forward"] = phases[0], ["backward"] = phases[1] };
        if (phases[2] == 0)
        {
            // The engine of columns does both in one loop over a row, in which no clock could tell them apart.
            named["reduce, optimiser"] = phases[3];
        }
        else
        {
            (named["reduce"], named["optimiser"]) = (phases[2], phases[3]);
        }

        named["rest"] = seconds - phases.Sum();
        return new EpochResult(seconds, named);
    }

    private BatchResult TrainBatch(int first, int count, double learningRate) => _engine.Train(
        new TrainingBatch
        {
            Trains = _train,
            Targets = _targets,
            ExampleWeights = null,
            Examples = _order.AsSpan(first, count),
        },
        new LearningStep(new AdamEquations(learningRate, 0.9, 0.999, 1e-8, ++_updates), default, grazingLimit: 0.1f));

    public EvaluationResult Evaluate(SpikeExamples examples)
    {
        SpikeTrains trains = Trains(examples);
        float[] probabilities = new float[trains.Count * _task.ClassCount];
        _engine.Score(trains, probabilities);
        int correct = Enumerable.Range(0, trains.Count).Count(example =>
            System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(
                probabilities.AsSpan(example * _task.ClassCount, _task.ClassCount)) == examples.Labels[example]);
        return new EvaluationResult((double)correct / trains.Count, _spikesPerExample);
    }

    public void Dispose() => _engine.Dispose();

    private SpikeTrains Trains(SpikeExamples examples)
    {
        if (_task.Integrator == Integrator.EventDriven)
        {
            return SpikeTimes(examples);
        }

        return InSteps(examples, _task.StepCount);
    }

    /// <summary>The examples as the engines read them.</summary>
    public static SpikeTrains InSteps(SpikeExamples examples, int steps)
    {
        var builder = new SpikeTrainsBuilder(steps, examples.ChannelCount, isConstantCurrent: false);
        int most = Enumerable.Range(0, examples.Count).Max(example => examples.Offsets[example + 1] - examples.Offsets[example]);
        var slots = new int[most];
        float[] ones = [.. Enumerable.Repeat(1f, most)];
        for (int example = 0; example < examples.Count; example++)
        {
            int first = examples.Offsets[example];
            int count = examples.Offsets[example + 1] - first;
            for (int k = 0; k < count; k++)
            {
                slots[k] = examples.Steps[first + k] * examples.ChannelCount + examples.Channels[first + k];
            }

            Array.Sort(slots, 0, count);
            builder.Add(slots.AsSpan(0, count), ones.AsSpan(0, count));
        }

        return builder.ToSpikeTrains();
    }

    private SpikeTrains SpikeTimes(SpikeExamples examples)
    {
        float[] times = examples.Times ?? throw new InvalidOperationException("A case without a time step needs exact times.");
        var builder = new SpikeTrainsBuilder(_task.StepCount, examples.ChannelCount, isConstantCurrent: false, isSpikeTimes: true);
        for (int example = 0; example < examples.Count; example++)
        {
            builder.AddDense(times.AsSpan(example * examples.ChannelCount, examples.ChannelCount));
        }

        return builder.ToSpikeTrains();
    }

    private static PhaseTimes? Phases(NetworkEngine engine) => engine switch
    {
        ColumnEngine<Vector512Lane> wide => wide.Phases,
        ColumnEngine<Vector256Lane> narrow => narrow.Phases,
        CpuEngine<Vector512Lane> wide => wide.Phases,
        CpuEngine<Vector256Lane> narrow => narrow.Phases,
        GraphEngine<Vector512Lane> wide => wide.Phases,
        GraphEngine<Vector256Lane> narrow => narrow.Phases,
        EPropEngine<Vector512Lane> wide => wide.Phases,
        EPropEngine<Vector256Lane> narrow => narrow.Phases,
        ExactEngine<Vector512Lane> wide => wide.Phases,
        ExactEngine<Vector256Lane> narrow => narrow.Phases,
        _ => null,
    };

    private double[] Times() =>
        _phases == null ? [0, 0, 0, 0] : [_phases.Forward, _phases.Backward, _phases.Reduce, _phases.Optimiser];
}
