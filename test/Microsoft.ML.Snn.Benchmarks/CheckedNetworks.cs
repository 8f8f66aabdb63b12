using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Trains networks on a device and on the CPU, and compares them.</summary>
/// <param name="size">How large they are.</param>
/// <param name="create">Creates an engine of the device.</param>
/// <param name="threads">Threads of the CPU engine.</param>
/// <param name="log">Receives a line for each network.</param>
internal sealed class CheckedNetworks(
    CheckSize size, Func<LearningAlgorithm, NetworkProgram, NetworkEngine> create, int threads, Action<string> log)
{
    private const int Classes = 5;

    // A GPU may contract a product and a sum into one rounding: a potential that all but meets its threshold may then spike
    // there and not here. What follows from such a spike is right on both sides.
    private const double SpikeTolerance = 2e-3;
    private const double LossTolerance = 2e-3;
    private const double GradientTolerance = 5e-2;
    private const double FinalLossTolerance = 5e-2;

    // From the first synapse that turns out otherwise, others move: their number stays about the same.
    private const double RewiringTolerance = 0.2;

    /// <summary>The networks.</summary>
    public IReadOnlyList<CheckedCase> Cases =>
    [
        new("plain stack", SnnNetwork.Sequential(
            Layer.Dense(size.Units, weights: Weights.Normal(0.12, 0.2)),
            Layer.Dense(size.Units / 2, recurrent: true, weights: Behind(0.3, 0.5)), Layer.Output())),
        new("graph with delays", SnnNetwork.Graph(Delayed)),
        new("convolution", SnnNetwork.Graph(Convolved)),
        new("e-prop", Adaptive()) { Algorithm = new EProp() },
        new("textbook e-prop", Adaptive()) { Algorithm = new EProp { Mode = EPropMode.Online } },
        new("e-prop of a graph", SnnNetwork.Graph(Rewired)) { Algorithm = new EProp { Feedback = EPropFeedback.Random } },
        new("neurons of its own, examples of their own length", SnnNetwork.Graph(Own)) { StepsAfterLastSpike = 5 },
        new("first spikes", SnnNetwork.Sequential(
            Layer.Dense(size.Units, weights: Weights.Normal(0.12, 0.2)),
            Layer.Output(Readout.FirstSpikeTime, weights: Weights.Normal(0.02, 0.1), firstSpike: FirstSpikeLoss.CrossEntropy(2, lateStrength: 0.1)))),
        new("Deep-R", SnnNetwork.Graph(Rewired)),
        new("outputs with own targets", SnnNetwork.Graph(Several)) { Further = [new("position", 2, Loss.MeanSquaredError), new("even", 1, Loss.SigmoidCrossEntropy)] },
    ];

    private SnnNetwork Adaptive() => SnnNetwork.Sequential(
        Layer.Dense(size.Units, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.1 }, recurrent: true, weights: Weights.Normal(0.12, 0.2)),
        Layer.Output());

    /// <summary>Trains a network on both, and says by how much they differ.</summary>
    /// <returns>Whether the device computes what the CPU computes.</returns>
    public bool Check(CheckedCase given)
    {
        NetworkProgram program = NetworkProgram
            .Build(given.Network, size.Channels, size.Steps, timeStep: 1, Classes, further: given.Further)
            .EndingAfterLastSpike(given.StepsAfterLastSpike);
        SpikeTrains trains = Draw(given, out Targets targets);
        (double sum, double squares) = trains.MeanInput();
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(sum, squares, false), seed: 1);
        using NetworkEngine device = create(given.Algorithm, program);
        using NetworkEngine cpu = given.Algorithm.CreateEngine(program, size.BatchSize, threads, null, fallbackToCpu: false, seed: 1, _ => { });
        long start = Stopwatch.GetTimestamp();
        Training actual = Train(device, program, weights, trains, targets);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Training expected = Train(cpu, program, weights, trains, targets);

        bool rewires = program.Connections.Any(c => c.Rewiring != null);
        double spikes = Difference(expected.First.HiddenSpikes, actual.First.HiddenSpikes);
        double loss = Difference(expected.First.Loss, actual.First.Loss);
        double gradient = Distance(expected.Gradient, actual.Gradient);
        double rewired = rewires ? Difference(expected.Rewired, actual.Rewired) : 0;
        double final = Difference(expected.Loss, actual.Loss);
        bool isSame = spikes <= SpikeTolerance && loss <= LossTolerance && gradient <= GradientTolerance
            && rewired <= RewiringTolerance && final <= FinalLossTolerance;
        log(Text(
            $"{(isSame ? "same" : "DIFFERENT")}: {given.Name}: {expected.First.HiddenSpikes} spikes, off by {spikes:E1}; loss {expected.First.Loss:F4}, off by {loss:E1}; ")
            + Text($"gradient off by {gradient:E1}; ")
            + (rewires ? Text($"{expected.Rewired} synapses moved, off by {rewired:E1}; ") : "")
            + Text($"after {size.Batches} batches loss {actual.Loss:F4} and {expected.Loss:F4}, weights off by {Distance(expected.Weights, actual.Weights):E1}; {seconds:F2} s"));
        return isSame;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Relative difference; infinite where nothing was expected, which shows nothing.</summary>
    private static double Difference(double expected, double actual) =>
        expected == 0 ? double.PositiveInfinity : Math.Abs(actual / expected - 1);

    /// <summary>Largest relative distance of the numbers of one parameter; infinite where all of one are expected to be 0.</summary>
    private static double Distance(NetworkWeights expected, NetworkWeights actual) => Enumerable.Range(0, expected.Count).Max(p =>
    {
        double norm = Math.Sqrt(expected[p].Sum(e => (double)e * e));
        double difference = Math.Sqrt(expected[p].Zip(actual[p], (e, a) => ((double)e - a) * ((double)e - a)).Sum());
        return norm == 0 ? double.PositiveInfinity : difference / norm;
    });

    private Training Train(NetworkEngine engine, NetworkProgram program, NetworkWeights weights, SpikeTrains trains, Targets targets)
    {
        engine.SetWeights(weights);
        engine.KeepGradient = true;
        BatchResult result = default, first = default;
        NetworkWeights gradient = NetworkWeights.ZerosFor(program), final = NetworkWeights.ZerosFor(program);
        long rewired = 0;
        for (int batch = 0; batch < size.Batches; batch++)
        {
            int at = batch % size.BatchesOfData * size.BatchSize;
            result = engine.Train(
                new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = Enumerable.Range(at, size.BatchSize).ToArray() },
                new LearningStep(new AdamEquations(2e-3, 0.9, 0.999, 1e-8, batch + 1), default, grazingLimit: 0.1f));
            rewired += result.RewiredSynapses;
            if (batch == 0)
            {
                first = result;
                engine.GetGradient(gradient);
                engine.KeepGradient = false;
            }
        }

        engine.GetWeights(final);
        return new Training(first, gradient, result.Loss, final, rewired);
    }

    /// <summary>Weights behind hidden neurons: the fewer these are, the larger.</summary>
    private Weights Behind(double mean, double deviation) =>
        Weights.Normal(mean * 100 / size.Units, deviation * Math.Sqrt(100.0 / size.Units));

    /// <summary>Examples whose class decides where most of their spikes are, and a position and a parity that follow from the class.</summary>
    private SpikeTrains Draw(CheckedCase given, out Targets targets)
    {
        var random = new Random(3);
        var builder = new SpikeTrainsBuilder(size.Steps, size.Channels, isConstantCurrent: false, stepsAfterLastSpike: given.StepsAfterLastSpike);
        int[] labels = [.. Enumerable.Range(0, size.Examples).Select(_ => random.Next(Classes))];
        foreach (int label in labels)
        {
            int steps = given.StepsAfterLastSpike == null ? size.Steps : random.Next(size.Steps / 2, size.Steps);
            int[] slots = [.. Enumerable.Range(0, steps * size.Channels).Where(
                slot => random.NextDouble() < (slot % size.Channels % Classes == label ? 5.12 : 1.92) * size.Drive / size.Channels)];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        targets = Targets.OfClasses(labels);
        if (given.Further.Count > 0)
        {
            targets = targets.With(
                null, Targets.OfValues([.. labels.SelectMany(label => new[] { 0.5f * label, 1 - 0.3f * label })], 2),
                Targets.OfValues([.. labels.Select(label => (label + 1) % 2f)], 1));
        }

        return builder.ToSpikeTrains();
    }

    private void Delayed(GraphBuilder graph)
    {
        const LearnedParameters learned = LearnedParameters.Bias | LearnedParameters.MembraneTime | LearnedParameters.SynapseTime | LearnedParameters.Threshold;
        GraphNode input = graph.Input();
        GraphNode first = graph.Population("first", 3 * size.Units, new AdaptiveLeakyIntegrateFire { AdaptationStrength = 0.2, Learned = learned });
        GraphNode second = graph.Population("second", 2 * size.Units / 5, new LeakyIntegrateFire { RefractoryPeriod = 2, ResetMode = ResetMode.Subtraction });
        GraphNode output = graph.Output();
        graph.Connect(input, first, weights: Weights.Normal(0.12, 0.2), delay: Delay.PerSynapseUniform(0, 8).Learn(20));
        graph.Connect(first, first, Connectivity.Sparse(0.1), new AlphaSynapse(4), Behind(0, 0.2), Delay.Of(2));
        graph.Connect(first, second, synapse: new DeltaSynapse(), weights: Behind(0.02, 0.05), delay: Delay.PerNeuronUniform(0, 5));
        graph.Connect(second, output);
        graph.Connect(first, output);
    }

    private void Convolved(GraphBuilder graph)
    {
        GraphNode input = graph.Input(shape: Shape.Create([size.Side, size.Side, 1]));
        GraphNode filters = graph.Population("filters"), pooled = graph.Population("pooled", neuron: new LeakyIntegrateFire { Threshold = 0.5 });
        GraphNode output = graph.Output(readout: Readout.MaximumMembrane);
        graph.Connect(input, filters, Connectivity.Convolution2D(8, 3), weights: Weights.Normal(0.8, 0.6));
        graph.Connect(filters, pooled, Connectivity.AveragePool2D(2, weight: 8));
        graph.Connect(pooled, output);
    }

    private void Own(GraphBuilder graph)
    {
        GraphNode input = graph.Input(), output = graph.Output();
        GraphNode quadratic = graph.Population(
            "quadratic", size.Units, Neuron.Custom(new CheckedNeuron(), learned: [new LearnedNumber("Critical", 2, 0.2, 1)]) with { RefractoryPeriod = 2 });
        GraphNode leaky = graph.Population("leaky", 2 * size.Units / 5);
        graph.Connect(input, quadratic, weights: Weights.Normal(0.12, 0.2));
        graph.Connect(quadratic, leaky, Connectivity.Sparse(0.3), weights: Behind(0.3, 0.5), delay: Delay.PerSynapseUniform(0, 8).Learn(10));
        graph.Connect(leaky, quadratic, weights: Weights.Normal(0, 0.1));
        graph.Connect(quadratic, output);
        graph.Connect(leaky, output);
    }

    private void Rewired(GraphBuilder graph)
    {
        // A pull below the step of the optimiser: a synapse that has moved comes away from 0.
        var rule = new DeepRewiring(strength: 1e-3);
        GraphNode input = graph.Input(), output = graph.Output(), first = graph.Population("first", 3 * size.Units);
        graph.Connect(input, first, Connectivity.Sparse(0.4, seed: 1, rewiring: rule), weights: Weights.Normal(0.2, 0.3));
        graph.Connect(first, output, Connectivity.Sparse(0.5, seed: 2, rewiring: rule));
    }

    private void Several(GraphBuilder graph)
    {
        GraphNode input = graph.Input(), first = graph.Population("first", size.Units);
        GraphNode output = graph.Output(), position = graph.Output("position", lossWeight: 0.3), even = graph.Output("even", lossWeight: 2);
        graph.Connect(input, first, weights: Weights.Normal(0.12, 0.2));
        graph.Connect(first, output);
        graph.Connect(first, position);
        graph.Connect(first, even);
    }

    private sealed record Training(BatchResult First, NetworkWeights Gradient, double Loss, NetworkWeights Weights, long Rewired);
}
