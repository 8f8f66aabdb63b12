using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>A network and input of the size of the Spiking Heidelberg Digits: 700 inputs, 256 recurrent neurons, 20 outputs, 1000 steps.</summary>
/// <remarks>
/// The input is synthetic with the statistics of that data set: about 7300 spikes per example, most of them in the
/// middle of the trial; the labels are drawn, and the learning rate is so small that the hidden layer keeps its rate of
/// about 18 Hz. The case measures time, not learning. The rival is <see cref="BareLoops"/>.
/// </remarks>
internal sealed class ShdSizedCase : IBenchmarkCase
{
    /// <summary>An epoch of the real data set has 8156 examples; this many show its time per example.</summary>
    private const int DefaultExamples = 640;
    private const int Channels = 700;
    private const int Steps = 1000;

    public string Name => "shd-sized";

    public int Epochs => 15;

    public BenchmarkTask Load(RunOptions options) => Create(options, Channels, Steps, rate: 1, 1e-6);

    /// <summary>The task with other sizes, for the growth of cost.</summary>
    public static BenchmarkTask Create(RunOptions options, int channels, int steps, double rate, double learningRate)
    {
        int examples = options.TrainSize ?? DefaultExamples;
        return new BenchmarkTask
        {
            Name = "shd-sized",
            Train = Draw(examples, channels, steps, rate, seed: 7),
            Test = Draw(32, channels, steps, rate, seed: 8),
            ClassCount = 20,
            HiddenCount = options.HiddenCount ?? 256,
            IsRecurrent = true,
            StepCount = steps,
            HiddenWeights = new(0.025, 0.075),
            RecurrentWeights = new(0, 0.02),
            OutputWeights = new(0, 0.03),
            LearningRate = learningRate,
        };
    }

    /// <summary>Poisson spikes whose rate is a bell over the trial: 14.3 · 0.89 per step at its top.</summary>
    private static SpikeExamples Draw(int examples, int channels, int steps, double rate, int seed)
    {
        var random = new RandomStream(seed, stream: 1);
        var labels = new int[examples];
        List<int>[] spikes = new List<int>[examples];
        var isTaken = new bool[channels];
        for (int example = 0; example < examples; example++)
        {
            labels[example] = random.NextInt32(20);
            List<int> slots = spikes[example] = [];
            for (int step = 0; step < steps; step++)
            {
                double x = (1000.0 * step / steps - 350) / 250;
                double mean = rate * channels / Channels * 14.3 * 0.89 * Math.Exp(-0.5 * x * x);
                int first = slots.Count;
                double limit = Math.Exp(-mean);
                for (double product = random.NextDouble(); product > limit; product *= random.NextDouble())
                {
                    int channel = random.NextInt32(channels);
                    if (!isTaken[channel])
                    {
                        isTaken[channel] = true;
                        slots.Add(step * channels + channel);
                    }
                }

                foreach (int slot in slots.Skip(first))
                {
                    isTaken[slot % channels] = false;
                }
            }

            slots.Sort();
        }

        return SpikeExamples.Of(channels, labels, spikes);
    }
}
