using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Benchmarks.Cases;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Trains a few networks on a GPU and on the CPU, compares them, and times an epoch: the first thing to run where there is a GPU.</summary>
internal static class DeviceCheck
{
    /// <summary>Exit code where the GPU computes something else than the CPU.</summary>
    public const int Different = 1;

    /// <summary>Exit code where there is no such GPU.</summary>
    public const int NoDevice = 3;

    private const int Side = 8;
    private const int Channels = Side * Side;
    private const int Steps = 60;
    private const int Classes = 5;
    private const int Examples = 96;
    private const int BatchSize = 32;
    private const int Batches = 30;

    // A GPU may contract a product and a sum into one rounding: a potential that all but meets its threshold may then spike
    // there and not here. What follows from such a spike is right on both sides.
    private const double SpikeTolerance = 2e-3;
    private const double LossTolerance = 2e-3;
    private const double GradientTolerance = 5e-2;

    /// <summary>Runs the check.</summary>
    /// <param name="gpu">Which GPU, counted from 0.</param>
    /// <param name="threads">Threads of the CPU engine.</param>
    /// <param name="trainSize">Examples of the epoch that is timed; null for all.</param>
    /// <returns>0, <see cref="Different"/> or <see cref="NoDevice"/>.</returns>
    public static int Run(int gpu, int threads, int? trainSize)
    {
        using (AcceleratorDevices devices = AcceleratorDevices.Find())
        {
            if (gpu < 0 || gpu >= devices.Found.Count)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"No GPU {gpu}: {devices}. Nothing was checked."));
                return NoDevice;
            }

            Console.WriteLine(devices);
        }

        bool same = true;
        same &= Check("plain stack", gpu, threads, SnnNetwork.Sequential(
            Layer.Dense(100, weights: Weights.Normal(0.12, 0.2)), Layer.Dense(50, recurrent: true, weights: Weights.Normal(0.3, 0.5)), Layer.Output()));
        same &= Check("graph with delays", gpu, threads, SnnNetwork.Graph(Delayed));
        same &= Check("convolution", gpu, threads, SnnNetwork.Graph(Convolved));
        same &= Check(
            "e-prop", gpu, threads, SnnNetwork.Sequential(
                Layer.Dense(100, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.1 }, recurrent: true, weights: Weights.Normal(0.12, 0.2)),
                Layer.Output()),
            new EProp());
        same &= Check("neurons of its own, examples of their own length", gpu, threads, SnnNetwork.Graph(Own), stepsAfterLastSpike: 5);
        TimeEpoch(gpu, threads, trainSize);
        Console.WriteLine(same ? "The GPU computes what the CPU computes." : "The GPU does NOT compute what the CPU computes.");
        return same ? 0 : Different;
    }

    private static void Delayed(GraphBuilder graph)
    {
        const LearnedParameters learned = LearnedParameters.Bias | LearnedParameters.MembraneTime | LearnedParameters.SynapseTime | LearnedParameters.Threshold;
        GraphNode input = graph.Input();
        GraphNode first = graph.Population("first", 300, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.2, Learned = learned });
        GraphNode second = graph.Population("second", 40, new LeakyIntegrateFire { RefractoryPeriod = 2, ResetMode = ResetMode.Subtraction });
        GraphNode output = graph.Output();
        graph.Connect(input, first, weights: Weights.Normal(0.12, 0.2), delay: Delay.PerSynapseUniform(0, 8).Learn(20));
        graph.Connect(first, first, Connectivity.Sparse(0.1), new AlphaSynapse(4), Weights.Normal(0, 0.2), Delay.Of(2));
        graph.Connect(first, second, synapse: new DeltaSynapse(), weights: Weights.Normal(0.02, 0.05), delay: Delay.PerNeuronUniform(0, 5));
        graph.Connect(second, output);
        graph.Connect(first, output);
    }

    private static void Convolved(GraphBuilder graph)
    {
        GraphNode input = graph.Input(shape: Shape.Create([Side, Side, 1]));
        GraphNode filters = graph.Population("filters"), pooled = graph.Population("pooled", neuron: new LeakyIntegrateFire { Threshold = 0.5 });
        GraphNode output = graph.Output(readout: Readout.MaximumMembrane);
        graph.Connect(input, filters, Connectivity.Convolution2D(8, 3), weights: Weights.Normal(0.8, 0.6));
        graph.Connect(filters, pooled, Connectivity.AveragePool2D(2, weight: 8));
        graph.Connect(pooled, output);
    }

    private static void Own(GraphBuilder graph)
    {
        GraphNode input = graph.Input(), output = graph.Output();
        GraphNode quadratic = graph.Population(
            "quadratic", 100, Neuron.Custom(new CheckedNeuron(), learned: [new LearnedNumber("Critical", 2, 0.2, 1)]) with { RefractoryPeriod = 2 });
        GraphNode leaky = graph.Population("leaky", 40);
        graph.Connect(input, quadratic, weights: Weights.Normal(0.12, 0.2));
        graph.Connect(quadratic, leaky, Connectivity.Sparse(0.3), weights: Weights.Normal(0.3, 0.5), delay: Delay.PerSynapseUniform(0, 8).Learn(10));
        graph.Connect(leaky, quadratic, weights: Weights.Normal(0, 0.1));
        graph.Connect(quadratic, output);
        graph.Connect(leaky, output);
    }

    private static bool Check(
        string name, int gpu, int threads, SnnNetwork network, LearningAlgorithm? algorithm = null, int? stepsAfterLastSpike = null)
    {
        algorithm ??= new EventProp();
        NetworkProgram program = NetworkProgram.Build(network, Channels, Steps, timeStep: 1, Classes).EndingAfterLastSpike(stepsAfterLastSpike);
        SpikeTrains trains = Draw(stepsAfterLastSpike, out Targets targets);
        (double sum, double squares) = trains.MeanInput();
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(sum, squares, false), seed: 1);
        using NetworkEngine device = algorithm.CreateEngine(program, BatchSize, threads, gpu, fallbackToCpu: false, seed: 1, Console.WriteLine);
        using NetworkEngine cpu = algorithm.CreateEngine(program, BatchSize, threads, null, fallbackToCpu: false, seed: 1, _ => { });
        long start = Stopwatch.GetTimestamp();
        (BatchResult First, NetworkWeights Gradient, double Loss) actual = Train(device, program, weights, trains, targets);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        (BatchResult First, NetworkWeights Gradient, double Loss) expected = Train(cpu, program, weights, trains, targets);

        double spikes = Math.Abs((double)actual.First.HiddenSpikes / expected.First.HiddenSpikes - 1);
        double loss = Math.Abs(actual.First.Loss / expected.First.Loss - 1);
        double gradient = Enumerable.Range(0, expected.Gradient.Count).Max(p => Distance(expected.Gradient[p], actual.Gradient[p]));
        NetworkWeights mine = NetworkWeights.ZerosFor(program), other = NetworkWeights.ZerosFor(program);
        device.GetWeights(mine);
        cpu.GetWeights(other);
        double final = Enumerable.Range(0, mine.Count).Max(p => Distance(other[p], mine[p]));
        bool isSame = spikes <= SpikeTolerance && loss <= LossTolerance && gradient <= GradientTolerance
            && Math.Abs(actual.Loss / expected.Loss - 1) <= 0.05;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(isSame ? "same" : "DIFFERENT")}: {name}: {expected.First.HiddenSpikes} spikes, off by {spikes:E1}; loss {expected.First.Loss:F4}, off by {loss:E1}; gradient off by {gradient:E1}; ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"after {Batches} batches loss {actual.Loss:F4} and {expected.Loss:F4}, weights off by {final:E1}; {seconds:F2} s with compilation"));
        return isSame;
    }

    /// <summary>Relative distance of two lists of numbers.</summary>
    private static double Distance(float[] expected, float[] actual)
    {
        double norm = Math.Sqrt(expected.Sum(e => (double)e * e));
        double difference = Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum());
        return difference == 0 ? 0 : difference / Math.Max(norm, 1e-12);
    }

    private static (BatchResult First, NetworkWeights Gradient, double Loss) Train(
        NetworkEngine engine, NetworkProgram program, NetworkWeights weights, SpikeTrains trains, Targets targets)
    {
        engine.SetWeights(weights);
        engine.KeepGradient = true;
        BatchResult result = default, first = default;
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        for (int batch = 0; batch < Batches; batch++)
        {
            int at = batch % (Examples / BatchSize) * BatchSize;
            result = engine.Train(
                new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = Enumerable.Range(at, BatchSize).ToArray() },
                new LearningStep(new AdamEquations(2e-3, 0.9, 0.999, 1e-8, batch + 1), default, grazingLimit: 0.1f));
            if (batch == 0)
            {
                first = result;
                engine.GetGradient(gradient);
                engine.KeepGradient = false;
            }
        }

        return (first, gradient, result.Loss);
    }

    /// <summary>Examples whose class decides where most of their spikes are.</summary>
    private static SpikeTrains Draw(int? stepsAfterLastSpike, out Targets targets)
    {
        var random = new Random(3);
        var builder = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false, stepsAfterLastSpike: stepsAfterLastSpike);
        int[] labels = [.. Enumerable.Range(0, Examples).Select(_ => random.Next(Classes))];
        foreach (int label in labels)
        {
            int steps = stepsAfterLastSpike == null ? Steps : random.Next(Steps / 2, Steps);
            int[] slots = [.. Enumerable.Range(0, steps * Channels).Where(slot => random.NextDouble() < (slot % Channels % Classes == label ? 0.08 : 0.03))];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        targets = Targets.OfClasses(labels);
        return builder.ToSpikeTrains();
    }

    private static void TimeEpoch(int gpu, int threads, int? trainSize)
    {
        var options = new RunOptions(Epochs: 3, trainSize, threads, HiddenCount: null, WithPeer: false, gpu);
        BenchmarkTask task;
        try
        {
            task = new LatencyMnistCase().Load(options);
        }
        catch (IOException missing)
        {
            Console.WriteLine($"No epoch of latency-mnist was timed: {missing.Message}");
            return;
        }

        foreach (RunOptions own in new[] { options, options with { GpuDeviceId = null } })
        {
            using var network = new OurNetwork(task, own);
            network.TrainEpoch();
            double seconds = network.TrainEpoch().Seconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"latency-mnist, {task.Train.Count} examples, {(own.GpuDeviceId == null ? "CPU" : "GPU")}: second epoch {seconds:F2} s, accuracy {100 * network.Evaluate(task.Test).Accuracy:F1} %"));
        }
    }
}
