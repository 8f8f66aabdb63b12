using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>How time and memory of training grow with each kind of work, from a network of the size of the Heidelberg digits.</summary>
/// <remarks>
/// One thing changes at a time. The weights from the input are scaled so that the hidden layer keeps its rate. Memory is
/// what the engine holds outside the garbage collector, without weights, gradients and moments: tapes, states, traces.
/// </remarks>
internal static class GrowthCase
{
    public const string Name = "growth";

    private const int Channels = 700;
    private const int Steps = 1000;
    private const int Neurons = 256;
    private const int Repeats = 3;

    /// <summary>Measures every row, prints them as a table, and returns the line of results.</summary>
    public static Comparison Run(RunOptions options)
    {
        Console.WriteLine("| What grows | | ms per example | spikes per example | KiB per example in flight |");
        Console.WriteLine("| -- | -- | -- | -- | -- |");
        _ = Measure(options, new Setting());    // The runtime compiles the loops better while they run.
        Measurement reference = Print("nothing", "700-256r-20, 1000 steps", Measure(options, new Setting()));
        foreach (double rate in new[] { 0.25, 0.5, 2, 4 })
        {
            Print("input rate", $"x {rate}", Measure(options, new Setting { Rate = rate }));
        }

        foreach (double density in new[] { 0.01, 0.05, 0.1, 1 })
        {
            Print("synapses of the input", $"{density:P0}", Measure(options, new Setting { Density = density }));
        }

        foreach (int width in new[] { 128, 512, 1024 })
        {
            Print("hidden neurons", $"{width}", Measure(options, new Setting { Hidden = width }));
        }

        foreach (int steps in new[] { 250, 500, 2000, 4000 })
        {
            Print("steps, same spikes", $"{steps}", Measure(options, new Setting { Steps = steps }));
        }

        Print("silent input channels", "+ 700", Measure(options, new Setting { SilentChannels = 700 }));
        Print("silent input channels", "+ 2800", Measure(options, new Setting { SilentChannels = 2800 }));
        Measurement silent = Print("silent neurons", "+ 256", Measure(options, new Setting { SilentChannels = 1, SilentNeurons = 256 }));

        // The rival is the same network with twice as many neurons, half of which never spike.
        return new Comparison(
            Name, reference.Seconds, "the same with 256 silent neurons", silent.Seconds, Math.Round(silent.Seconds / reference.Seconds, 4), null, null,
            Math.Round(1 / reference.Seconds, 1), Math.Round(reference.Bytes / 1048576.0, 4), null, options.Threads);
    }

    private static Measurement Print(string what, string value, Measurement m)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {what} | {value} | {1000 * m.Seconds:0.000} | {m.Spikes:0} | {m.Bytes / 1024.0:0.0} |"));
        return m;
    }

    private static Measurement Measure(RunOptions options, Setting setting)
    {
        int examples = options.TrainSize ?? 128;
        BenchmarkTask task = ShdSizedCase.Create(
            options with { TrainSize = examples }, Channels, setting.Steps, setting.Rate * Steps / setting.Steps, 1e-6);
        SpikeExamples spikes = task.Train.WithChannels(Channels + setting.SilentChannels);
        SpikeTrains trains = OurNetwork.InSteps(spikes, setting.Steps);

        // A second in so many steps.
        NetworkProgram program = NetworkProgram.Build(
            Network(setting), spikes.ChannelCount, setting.Steps, timeStep: 1000.0 / setting.Steps, outputs: 20);
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, task.BatchSize, options.Threads);
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(spikes.SpikesPerExample, spikes.SpikesPerExample, false), 1));
        long before = NativeMemoryUse.Bytes;
        int[] order = [.. Enumerable.Range(0, examples)];
        Targets targets = Targets.OfClasses(spikes.Labels);
        var seconds = new List<double>();
        long hidden = 0;
        long updates = 0;
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            hidden = 0;
            for (int first = 0; first < examples; first += task.BatchSize)
            {
                hidden += engine.Train(
                    new TrainingBatch
                    {
                        Trains = trains,
                        Targets = targets,
                        ExampleWeights = null,
                        Examples = order.AsSpan(first, Math.Min(task.BatchSize, examples - first)),
                    },
                    new LearningStep(new AdamEquations(1e-6, 0.9, 0.999, 1e-8, ++updates), default, grazingLimit: 0.1f)).HiddenSpikes;
            }

            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        // The first pass warms up; each thread has one example in flight.
        double[] measured = [.. seconds.Skip(1).Order()];
        return new Measurement(
            measured[Repeats / 2] / examples, spikes.SpikesPerExample + (double)hidden / examples,
            (double)(NativeMemoryUse.Bytes - before) / options.Threads);
    }

    private static SnnNetwork Network(Setting setting) => SnnNetwork.Graph(graph =>
    {
        // At the same rate of the hidden layer whatever arrives: mean and spread of the summed input stay.
        double more = setting.Rate * setting.Density;
        GraphNode input = setting.SilentNeurons > 0 ? graph.Input("input", Channels) : graph.Input();
        GraphNode hidden = graph.Population("hidden", setting.Hidden);
        GraphNode output = graph.Output();
        graph.Connect(
            input, hidden, setting.Density < 1 ? Connectivity.Sparse(setting.Density, seed: 1) : null,
            weights: Weights.Normal(0.025 / more, 0.075 / Math.Sqrt(more)));
        graph.Connect(hidden, hidden, weights: Weights.Normal(0, 0.02 * Math.Sqrt((double)Neurons / setting.Hidden)));
        graph.Connect(hidden, output, weights: Weights.Normal(0, 0.03));
        if (setting.SilentNeurons > 0)
        {
            // What they are connected to could make them spike, but nothing of it ever does.
            GraphNode silent = graph.Population("silent", setting.SilentNeurons);
            graph.Connect(graph.Input("silent input", setting.SilentChannels), silent, weights: Weights.Normal(0, 0.02));
            graph.Connect(silent, silent, weights: Weights.Normal(0, 0.02));
            graph.Connect(silent, hidden, weights: Weights.Normal(0, 0.02));
            graph.Connect(silent, output, weights: Weights.Normal(0, 0.03));
        }
    });

    /// <summary>What is changed.</summary>
    private sealed record Setting
    {
        public double Rate { get; init; } = 1;

        public double Density { get; init; } = 1;

        public int Hidden { get; init; } = Neurons;

        public int Steps { get; init; } = GrowthCase.Steps;

        public int SilentChannels { get; init; }

        public int SilentNeurons { get; init; }
    }

    /// <summary>What came out.</summary>
    /// <param name="Seconds">Seconds of wall time per example, all threads together.</param>
    /// <param name="Spikes">Spikes of input and hidden layer per example.</param>
    /// <param name="Bytes">Memory per example in flight.</param>
    private sealed record Measurement(double Seconds, double Spikes, double Bytes);
}
