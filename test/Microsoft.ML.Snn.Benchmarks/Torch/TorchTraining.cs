using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Snn.Benchmarks.Torch;

/// <summary>Trains the network of a task in TorchSharp; how a batch runs through time is left to others.</summary>
/// <remarks>
/// The input is a matrix of 0 and 1 of shape [step · sample, channel], kept between batches, in which only the spikes are
/// set and cleared. Its product with the weights is one for all steps.
/// </remarks>
internal abstract class TorchTraining : IContender
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _input;
    private readonly List<int> _set = [];
    private readonly Parameter _hiddenWeights;
    private readonly optim.Optimizer _optimizer;
    private readonly Random _order;
    private readonly int[] _examples;
    private readonly int _sample;

    /// <summary>Creates the weights.</summary>
    /// <param name="task">What to learn.</param>
    /// <param name="threads">Threads of every operation.</param>
    /// <param name="sample">How many examples stand for an epoch, whose time is scaled up; null for all.</param>
    protected TorchTraining(BenchmarkTask task, int threads, int? sample = null)
    {
        set_num_threads(threads);
        random.manual_seed(task.Seed);
        Task = task;
        _sample = Math.Min(sample ?? task.Train.Count, task.Train.Count);
        _order = new Random(task.Seed);
        _examples = [.. Enumerable.Range(0, task.Train.Count)];
        _input = zeros((long)task.StepCount * task.BatchSize, task.Train.ChannelCount);
        _hiddenWeights = Weights(task.Train.ChannelCount, task.HiddenCount, task.HiddenWeights);
        OutputWeights = Weights(task.HiddenCount, task.ClassCount, task.OutputWeights);
        _optimizer = optim.Adam([_hiddenWeights, OutputWeights], task.LearningRate);
    }

    public abstract string Name { get; }

    protected BenchmarkTask Task { get; }

    /// <summary>Weights from the hidden neurons, shape [neuron, class].</summary>
    protected Parameter OutputWeights { get; }

    protected double MembraneDecay => Math.Exp(-Task.TimeStep / Task.MembraneTime);

    protected double SynapseDecay => Math.Exp(-Task.TimeStep / Task.SynapseTime);

    /// <summary>(1/τm)·(e^-a - e^-b)/(1/τs - 1/τm) with a = dt/τm and b = dt/τs: exact over one step, singular where τm = τs.</summary>
    protected double CurrentIntoMembrane => (MembraneDecay - SynapseDecay) / ((Task.MembraneTime / Task.SynapseTime) - 1);

    /// <summary>What the name says of an epoch that is not a whole one.</summary>
    protected string SampleNote => _sample == _examples.Length
        ? string.Empty
        : FormattableString.Invariant($", time of {_sample} examples scaled to {_examples.Length}");

    public EpochResult TrainEpoch()
    {
        _order.Shuffle(_examples);
        var clock = new PhaseClock();
        foreach (int[] batch in _examples.Take(_sample).Chunk(Task.BatchSize))
        {
            using DisposeScope scope = NewDisposeScope();
            SetInput(Task.Train, batch);
            clock.End("input");
            Tensor loss = nn.functional.cross_entropy(Scores(HiddenSpikes(Projected(batch.Length))), Labels(Task.Train, batch));
            clock.End("forward");
            _optimizer.zero_grad();
            loss.backward();
            clock.End("backward");
            _optimizer.step();
            clock.End("optimiser");
        }

        double scale = (double)_examples.Length / _sample;
        EpochResult result = clock.Stop();
        return new(scale * result.Seconds, result.PhaseSeconds.ToDictionary(phase => phase.Key, phase => scale * phase.Value));
    }

    public EvaluationResult Evaluate(SpikeExamples examples)
    {
        using IDisposable noGradient = no_grad();
        long correct = 0;
        double spikeCount = 0;
        foreach (int[] batch in Enumerable.Range(0, examples.Count).Chunk(Task.BatchSize))
        {
            using DisposeScope scope = NewDisposeScope();
            SetInput(examples, batch);
            Tensor spikes = HiddenSpikes(Projected(batch.Length));
            correct += Scores(spikes).argmax(1).eq(Labels(examples, batch)).sum().item<long>();
            spikeCount += spikes.sum().item<float>();
        }

        return new((double)correct / examples.Count, spikeCount / examples.Count);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _scope.Dispose();
    }

    /// <summary>Spikes of the hidden layer, 0 or 1, shape [step, sample, neuron].</summary>
    /// <param name="projected">What arrives at each step, shape [step, sample, neuron].</param>
    protected abstract Tensor HiddenSpikes(Tensor projected);

    /// <summary>Mean potential of the outputs over the trial, shape [sample, class].</summary>
    /// <param name="spikes">Spikes of the hidden layer, shape [step, sample, neuron].</param>
    protected abstract Tensor Scores(Tensor spikes);

    private Tensor Projected(int sampleCount) =>
        _input.narrow(0, 0, Task.StepCount * sampleCount).mm(_hiddenWeights).view(Task.StepCount, sampleCount, Task.HiddenCount);

    private void SetInput(SpikeExamples examples, int[] batch)
    {
        Span<float> input = MemoryMarshal.Cast<byte, float>(_input.bytes);
        foreach (int index in _set)
        {
            input[index] = 0;
        }

        _set.Clear();
        for (int sample = 0; sample < batch.Length; sample++)
        {
            for (int spike = examples.Offsets[batch[sample]]; spike < examples.Offsets[batch[sample] + 1]; spike++)
            {
                int row = (examples.Steps[spike] * batch.Length) + sample;
                int index = (row * examples.ChannelCount) + examples.Channels[spike];
                input[index] = 1;
                _set.Add(index);
            }
        }
    }

    private static Tensor Labels(SpikeExamples examples, int[] batch) =>
        tensor(Array.ConvertAll(batch, example => (long)examples.Labels[example]));

    private static Parameter Weights(int from, int to, WeightDistribution distribution) =>
        new(randn(from, to).mul_(distribution.StandardDeviation).add_(distribution.Mean));
}
