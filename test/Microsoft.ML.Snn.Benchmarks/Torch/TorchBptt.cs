using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Snn.Benchmarks.Torch;

/// <summary>The rival: the same network as surrogate-gradient back-propagation through time in TorchSharp.</summary>
/// <remarks>
/// It is as fast as we could make it without leaving dense tensors. The input is a matrix of 0 and 1 of shape
/// [step · sample, channel], kept between batches, in which only the spikes are set and cleared. Everything linear
/// leaves the time loop: the input projection is one product, the synaptic filter another (over time), and synapse,
/// membrane and mean of the readout are one weight per step. What remains in the loop is <see cref="LeakyNeurons"/>.
/// </remarks>
internal sealed class TorchBptt : IContender
{
    private readonly BenchmarkTask _task;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _input;
    private readonly List<int> _set = [];
    private readonly Tensor _synapseFilter;
    private readonly Tensor _readoutFilter;
    private readonly Parameter _hiddenWeights;
    private readonly Parameter _outputWeights;
    private readonly optim.Optimizer _optimizer;
    private readonly double _membraneDecay;
    private readonly Random _order;
    private readonly int[] _examples;

    private TorchBptt(BenchmarkTask task, int threads)
    {
        set_num_threads(threads);
        random.manual_seed(task.Seed);
        _task = task;
        _order = new Random(task.Seed);
        _examples = [.. Enumerable.Range(0, task.Train.Count)];
        _input = zeros((long)task.StepCount * task.BatchSize, task.Train.ChannelCount);
        _hiddenWeights = Weights(task.Train.ChannelCount, task.HiddenCount, task.HiddenWeights);
        _outputWeights = Weights(task.HiddenCount, task.ClassCount, task.OutputWeights);
        _optimizer = optim.Adam([_hiddenWeights, _outputWeights], task.LearningRate);
        _membraneDecay = Math.Exp(-task.TimeStep / task.MembraneTime);
        _synapseFilter = SynapseFilter(task);
        _readoutFilter = ReadoutFilter(task);
    }

    public string Name => "TorchSharp BPTT";

    public static IContender? Create(BenchmarkTask task, int threads) => new TorchBptt(task, threads);

    public EpochResult TrainEpoch()
    {
        _order.Shuffle(_examples);
        var clock = new PhaseClock();
        foreach (int[] batch in _examples.Chunk(_task.BatchSize))
        {
            using DisposeScope scope = NewDisposeScope();
            SetInput(_task.Train, batch);
            clock.End("input");
            Tensor loss = nn.functional.cross_entropy(Scores(HiddenSpikes(batch.Length)), Labels(_task.Train, batch));
            clock.End("forward");
            _optimizer.zero_grad();
            loss.backward();
            clock.End("backward");
            _optimizer.step();
            clock.End("optimiser");
        }

        return clock.Stop();
    }

    public EvaluationResult Evaluate(SpikeExamples examples)
    {
        using IDisposable noGradient = no_grad();
        long correct = 0;
        double spikeCount = 0;
        foreach (int[] batch in Enumerable.Range(0, examples.Count).Chunk(_task.BatchSize))
        {
            using DisposeScope scope = NewDisposeScope();
            SetInput(examples, batch);
            Tensor spikes = HiddenSpikes(batch.Length);
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

    private Tensor HiddenSpikes(int sampleCount)
    {
        Tensor projected = _input.narrow(0, 0, _task.StepCount * sampleCount).mm(_hiddenWeights);
        Tensor current = _synapseFilter.mm(projected.view(_task.StepCount, -1));
        return LeakyNeurons.apply(
            current.view(_task.StepCount, sampleCount, _task.HiddenCount), _membraneDecay, _task.Threshold);
    }

    private Tensor Scores(Tensor spikes) =>
        _readoutFilter.mm(spikes.view(_task.StepCount, -1)).view(-1, _task.HiddenCount).mm(_outputWeights);

    private static Tensor Labels(SpikeExamples examples, int[] batch) =>
        tensor(Array.ConvertAll(batch, example => (long)examples.Labels[example]));

    private static Parameter Weights(int from, int to, WeightDistribution distribution) =>
        new(randn(from, to).mul_(distribution.StandardDeviation).add_(distribution.Mean));

    /// <summary>What a spike at step j adds to the membrane potential at the end of step i, if it did not leak; shape [i, j].</summary>
    private static Tensor SynapseFilter(BenchmarkTask task)
    {
        var filter = new float[task.StepCount, task.StepCount];
        for (int i = 0; i < task.StepCount; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                filter[i, j] = (float)(CurrentIntoMembrane(task) * Math.Exp((j - i) * task.TimeStep / task.SynapseTime));
            }
        }

        return tensor(filter);
    }

    /// <summary>What a hidden spike found at the end of step j adds to the mean potential of an output; shape [1, j].</summary>
    /// <remarks>It arrives at step j + 1, so that a spike of the last step adds nothing.</remarks>
    private static Tensor ReadoutFilter(BenchmarkTask task)
    {
        var filter = new float[1, task.StepCount];
        for (int j = 0; j < task.StepCount; j++)
        {
            double potential = 0;
            double current = 1;
            for (int i = j + 1; i < task.StepCount; i++)
            {
                potential = (Math.Exp(-task.TimeStep / task.MembraneTime) * potential) + (CurrentIntoMembrane(task) * current);
                current *= Math.Exp(-task.TimeStep / task.SynapseTime);
                filter[0, j] += (float)(potential / task.StepCount);
            }
        }

        return tensor(filter);
    }

    /// <summary>(1/τm)·(e^-a - e^-b)/(1/τs - 1/τm) with a = dt/τm and b = dt/τs: exact over one step, singular where τm = τs.</summary>
    private static double CurrentIntoMembrane(BenchmarkTask task) =>
        (Math.Exp(-task.TimeStep / task.MembraneTime) - Math.Exp(-task.TimeStep / task.SynapseTime))
        / ((task.MembraneTime / task.SynapseTime) - 1);
}
