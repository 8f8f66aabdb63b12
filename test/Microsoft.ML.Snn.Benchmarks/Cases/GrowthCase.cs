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
    public const string StepsName = "steps, same spikes";

    private const int Channels = 700;
    private const int Steps = 1000;
    private const int Neurons = 256;
    private const int DefaultExamples = 64;
    private const int WarmUps = 2;
    private const int Repeats = 9;
    private const string Silent = "silent hidden neurons";

    /// <summary>Measures every row, prints them as a table, and returns the line of results.</summary>
    /// <param name="options">What the command line asks for.</param>
    /// <param name="folder">Where the pictures go, or null for none.</param>
    public static Comparison Run(RunOptions options, string? folder)
    {
        List<GrowthTrial> trials = [.. Settings().Select(setting => new GrowthTrial(setting, options))];
        try
        {
            // In turn, so that a busy moment of the machine does not fall on one row. The runtime compiles the loops
            // better while they run: the first rounds are for that.
            for (int round = 0; round < WarmUps + Repeats; round++)
            {
                trials.ForEach(trial => trial.Run(isMeasured: round >= WarmUps));
            }

            GrowthRow[] rows = [.. trials.Select(trial => trial.ToRow())];
            Print(rows);
            if (folder != null)
            {
                GrowthPlots.Save(rows, folder);
            }

            // The rival is the same network with twice as many neurons, half of which never spike.
            GrowthRow reference = rows[0];
            GrowthRow silent = rows.Single(row => row.What == Silent && row.X == Neurons);
            using Process process = Process.GetCurrentProcess();
            return new Comparison(
                Name, reference.Seconds, "the same with 256 silent neurons", silent.Seconds, Math.Round(silent.Seconds / reference.Seconds, 4), null, null,
                Math.Round(1 / reference.Seconds, 1), Math.Round(process.PeakWorkingSet64 / 1048576.0, 4), null, options.Threads);
        }
        finally
        {
            trials.ForEach(trial => trial.Dispose());
        }
    }

    private static void Print(GrowthRow[] rows)
    {
        Console.WriteLine("| What grows | | ms per example | against the first row | spikes per example | KiB per example in flight |");
        Console.WriteLine("| -- | -- | -- | -- | -- | -- |");
        foreach (GrowthRow row in rows)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {row.What} | {row.Value} | {1000 * row.Seconds:0.000} | {row.Seconds / rows[0].Seconds:0.00} | {row.Spikes:0} | {row.Bytes / 1024.0:0.0} |"));
        }
    }

    private static IEnumerable<Setting> Settings()
    {
        yield return new Setting("nothing", "700-256r-20, 1000 steps", 1);
        foreach (double rate in new[] { 0.25, 0.5, 1, 2, 4 })
        {
            yield return new Setting("input rate", $"x {rate}", rate) { Rate = rate };
        }

        foreach (double density in new[] { 0.01, 0.05, 0.1, 1 })
        {
            yield return new Setting("synapses of the input", $"{density:P0}", density) { Density = density };
        }

        foreach (double density in new[] { 0.01, 0.05, 0.1, 1 })
        {
            yield return new Setting("synapses of the hidden layer", $"{density:P0}", density) { Density = density, RecurrentDensity = density };
        }

        foreach (double density in new[] { 0.01, 0.1, 1 })
        {
            yield return new Setting("synapses of 1024 neurons", $"{density:P0}", density)
            {
                Hidden = 1024,
                Density = density,
                RecurrentDensity = density,
            };
        }

        foreach (int width in new[] { 128, 256, 512, 1024 })
        {
            yield return new Setting("hidden neurons", $"{width}", width) { Hidden = width };
        }

        foreach (int steps in new[] { 250, 500, 1000, 2000, 4000 })
        {
            yield return new Setting(StepsName, $"{steps}", steps) { Steps = steps };
        }

        foreach (int channels in new[] { 0, 700, 2800 })
        {
            yield return new Setting("silent input channels", $"+ {channels}", channels) { SilentChannels = channels };
        }

        foreach (int neurons in new[] { 0, 256, 1024 })
        {
            yield return new Setting(Silent, $"+ {neurons}", neurons) { SilentChannels = 1, SilentNeurons = neurons };
        }
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
        graph.Connect(
            hidden, hidden, setting.RecurrentDensity < 1 ? Connectivity.Sparse(setting.RecurrentDensity, seed: 2) : null,
            weights: Weights.Normal(0, 0.02 * Math.Sqrt(Neurons / (setting.Hidden * setting.RecurrentDensity))));
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

    /// <summary>What is changed, and how it is called.</summary>
    private sealed record Setting(string What, string Value, double X)
    {
        public double Rate { get; init; } = 1;

        public double Density { get; init; } = 1;

        public double RecurrentDensity { get; init; } = 1;

        public int Hidden { get; init; } = Neurons;

        public int Steps { get; init; } = GrowthCase.Steps;

        public int SilentChannels { get; init; }

        public int SilentNeurons { get; init; }
    }

    /// <summary>The engine and the examples of one row, and what has been measured.</summary>
    private sealed class GrowthTrial : IDisposable
    {
        private readonly Setting _setting;
        private readonly SpikeExamples _spikes;
        private readonly SpikeTrains _trains;
        private readonly Targets _targets;
        private readonly NetworkEngine _engine;
        private readonly int[] _order;
        private readonly int _batchSize;
        private readonly int _threads;
        private readonly List<double> _seconds = [];
        private long _hiddenSpikes;
        private long _updates;
        private long _bytes;

        public GrowthTrial(Setting setting, RunOptions options)
        {
            int examples = options.TrainSize ?? DefaultExamples;
            BenchmarkTask task = ShdSizedCase.Create(
                options with { TrainSize = examples }, Channels, setting.Steps, setting.Rate * Steps / setting.Steps, 1e-6);
            (_setting, _threads, _batchSize) = (setting, options.Threads, task.BatchSize);
            _spikes = task.Train.WithChannels(Channels + setting.SilentChannels);
            _trains = OurNetwork.InSteps(_spikes, setting.Steps);
            _targets = Targets.OfClasses(_spikes.Labels);
            _order = [.. Enumerable.Range(0, examples)];

            // A second in so many steps.
            NetworkProgram program = NetworkProgram.Build(
                Network(setting), _spikes.ChannelCount, setting.Steps, timeStep: 1000.0 / setting.Steps, outputs: 20);
            _engine = EngineFactory.CreateForCpu(program, task.BatchSize, options.Threads);
            _engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(_spikes.SpikesPerExample, _spikes.SpikesPerExample, false), 1));
        }

        /// <summary>Trains once over all examples.</summary>
        public void Run(bool isMeasured)
        {
            long before = NativeMemoryUse.Bytes;
            long start = Stopwatch.GetTimestamp();
            _hiddenSpikes = 0;
            for (int first = 0; first < _order.Length; first += _batchSize)
            {
                _hiddenSpikes += _engine.Train(
                    new TrainingBatch
                    {
                        Trains = _trains,
                        Targets = _targets,
                        ExampleWeights = null,
                        Examples = _order.AsSpan(first, Math.Min(_batchSize, _order.Length - first)),
                    },
                    new LearningStep(new AdamEquations(1e-6, 0.9, 0.999, 1e-8, ++_updates), default, grazingLimit: 0.1f)).HiddenSpikes;
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            _bytes += NativeMemoryUse.Bytes - before;
            if (isMeasured)
            {
                _seconds.Add(seconds);
            }
        }

        /// <summary>The median of the measured passes; each thread has one example in flight.</summary>
        public GrowthRow ToRow() => new(
            _setting.What, _setting.Value, _setting.X, _seconds.Order().ElementAt(_seconds.Count / 2) / _order.Length,
            _spikes.SpikesPerExample + (double)_hiddenSpikes / _order.Length, (double)_bytes / _threads);

        public void Dispose() => _engine.Dispose();
    }
}
