using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A sparse or convolutional connection is a dense one whose absent weights are 0 and whose shared weights are equal.</summary>
/// <remarks>So it has the dense one's spikes, and its gradient is the sum of the dense gradient over the synapses that share a weight.</remarks>
[TestClass]
public sealed class TableConnectionTests
{
    private const int Steps = 40;
    private const int Examples = 6;
    private static readonly Shape s_input = [6, 6, 2];

    public static IEnumerable<object[]> Connectivities() =>
    [
        ["sparse", Connectivity.Sparse(0.3, seed: 3), 0],
        ["sparse with a delay", Connectivity.Sparse(0.3, seed: 3), 3],
        ["convolution", Connectivity.Convolution2D(3, 3), 0],
        ["convolution, stride 2, same size", Connectivity.Convolution2D(4, 3, stride: 2, Padding.Same), 2],
        ["transposed convolution", Connectivity.TransposedConvolution2D(2, 2, stride: 2), 0],
        ["pool and convolution", Connectivity.AveragePoolConvolution2D(2, 3, 2), 0],
    ];

    [TestMethod]
    [DynamicData(nameof(Connectivities))]
    public void Train_Table_HasTheSpikesAndTheGradientOfTheDenseConnection(string name, Connectivity connectivity, int delay)
    {
        NetworkProgram table = Program(connectivity, delay);
        int units = table.Connections[0].Columns;
        NetworkProgram dense = Program(Connectivity.Dense, delay, units);
        NetworkWeights weights = NetworkWeights.Draw(table, new InputStatistics(72, 72, IsConstantCurrent: false), seed: 2);
        NetworkWeights same = NetworkWeights.ZerosFor(dense);
        (int Row, int Column, int Weight)[] synapses = [.. SynapsesOf(table.Connections[0].Table!)];
        foreach ((int row, int column, int weight) in synapses)
        {
            same[0][row * units + column] += weights[0][weight];
        }

        for (int connection = 1; connection < weights.Count; connection++)
        {
            weights[connection].CopyTo(same[connection], 0);
        }

        (BatchResult found, NetworkWeights gradient) = Train(table, weights);
        (BatchResult expected, NetworkWeights denseGradient) = Train(dense, same);

        Assert.IsGreaterThan(500L, expected.HiddenSpikes, name);
        Assert.AreEqual(expected.HiddenSpikes, found.HiddenSpikes, name);
        Assert.AreEqual(expected.Loss, found.Loss, 1e-4 * Math.Abs(expected.Loss), name);
        double[] summed = new double[weights[0].Length];
        foreach ((int row, int column, int weight) in synapses)
        {
            summed[weight] += denseGradient[0][row * units + column];
        }

        double norm = Math.Sqrt(summed.Sum(g => g * g));
        double distance = Math.Sqrt(summed.Zip(gradient[0], (e, g) => (e - g) * (e - g)).Sum());
        Assert.IsGreaterThan(1e-4, norm, name);
        Assert.IsLessThan(1e-4, distance / norm, name);
        for (int connection = 1; connection < weights.Count; connection++)
        {
            double own = Math.Sqrt(denseGradient[connection].Sum(g => (double)g * g));
            double error = Math.Sqrt(denseGradient[connection].Zip(gradient[connection], (e, g) => ((double)e - g) * ((double)e - g)).Sum());
            Assert.IsLessThan(1e-4 * own + 1e-7, error, $"{name}, connection {connection}");
        }
    }

    private static NetworkProgram Program(Connectivity connectivity, int delay, int? units = null) => NetworkProgram.Build(
        SnnNetwork.Graph(graph =>
        {
            // Spikes of a layer, so that errors go back through the connection as well.
            GraphNode first = graph.Population("first", s_input);
            GraphNode second = units is { } count ? graph.Population("second", count)
                : connectivity == Connectivity.Dense || connectivity.ToString()!.Contains("sparse", StringComparison.OrdinalIgnoreCase)
                    ? graph.Population("second", 20)
                    : graph.Population("second");
            GraphNode output = graph.Output();
            graph.Connect(first, second, connectivity, weights: Weights.Normal(0.5, 1), delay: Delay.Of(delay));
            graph.Connect(graph.Input(), first, Connectivity.OneToOne, weights: Weights.Normal(9, 2));
            graph.Connect(second, output, weights: Weights.Normal(0, 0.3));
        }),
        channels: s_input.Size, Steps, timeStep: 1, outputs: 3);

    private static (BatchResult Result, NetworkWeights Gradient) Train(NetworkProgram program, NetworkWeights weights)
    {
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, Examples, threads: 2);
        engine.KeepGradient = true;
        engine.SetWeights(weights);
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = Input(),
                Targets = Targets.OfClasses([0, 1, 2, 0, 1, 2]),
                ExampleWeights = null,
                Examples = [0, 1, 2, 3, 4, 5],
            },
            new LearningStep(new AdamEquations(1e-30, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 0.1f));
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        return (result, gradient);
    }

    private static SpikeTrains Input()
    {
        var random = new Random(4);
        var builder = new SpikeTrainsBuilder(Steps, s_input.Size, isConstantCurrent: false);
        for (int example = 0; example < Examples; example++)
        {
            int[] slots = [.. Enumerable.Range(0, Steps * s_input.Size).Where(_ => random.Next(30) == 0)];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        return builder.ToSpikeTrains();
    }

    private static IEnumerable<(int Row, int Column, int Weight)> SynapsesOf(SynapseTable table)
    {
        for (int row = 0; row < table.Rows; row++)
        {
            for (int k = table.RowStart[row]; k < table.RowStart[row + 1]; k++)
            {
                SynapseSegment segment = table.Segments[k];
                for (int n = 0; n < segment.Length; n++)
                {
                    yield return (row, segment.Target + n, segment.Weight + n);
                }
            }
        }
    }
}
