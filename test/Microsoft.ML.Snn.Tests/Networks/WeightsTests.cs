using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

[TestClass]
public sealed class WeightsTests
{
    [TestMethod]
    public void Draw_WeightsOfTheUser_AreThoseInTheOrderOfRowsThenColumns()
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input(), hidden = graph.Population("hidden", 2), output = graph.Output();
            graph.Connect(input, hidden, Connectivity.Pairs([(2, 0), (0, 1), (1, 0)]), weights: Weights.PerSynapse([1.5, -2, 0.25]));
            graph.Connect(hidden, hidden, weights: Weights.Of(-0.5));
            graph.Connect(hidden, output, weights: Weights.PerSynapse([1, 2, 3, 4]));
        });
        NetworkProgram program = NetworkProgram.Build(network, channels: 3, steps: 5, timeStep: 1, outputs: 2);

        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(3, 3, false), seed: 1);

        SnnConnectionWeights[] found = [.. weights.ToMatrices(program)];
        CollectionAssert.AreEqual(new[] { 0, 1.5f, -2, 0, 0.25f, 0 }, found[0].Values.ToArray());
        CollectionAssert.AreEqual(new[] { -0.5f, -0.5f, -0.5f, -0.5f }, found[1].Values.ToArray());
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4 }, found[2].Values.ToArray());
    }

    [TestMethod]
    public void PerSynapse_WrongWeights_SaysHowManyThereMustBe()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output(weights: Weights.PerSynapse([1, 2, 3]))), channels: 2, steps: 5, timeStep: 1, outputs: 2);

        var error = Assert.ThrowsExactly<ArgumentException>(() => NetworkWeights.Draw(program, new InputStatistics(3, 3, false), seed: 1));

        StringAssert.StartsWith(error.Message, "Weights.PerSynapse must list a weight for each of the 4 of its connection, but has 3.", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Weights.PerSynapse([]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Weights.PerSynapse([1, double.NaN]));
    }

    [TestMethod]
    public void PerSynapse_MoreThanThereAre_AreNotJustCut()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output(weights: Weights.PerSynapse([1, 2, 3, 4, 5]))), channels: 2, steps: 5, timeStep: 1, outputs: 2);

        var error = Assert.ThrowsExactly<ArgumentException>(() => NetworkWeights.Draw(program, new InputStatistics(3, 3, false), seed: 1));

        StringAssert.StartsWith(error.Message, "Weights.PerSynapse must list a weight for each of the 4 of its connection, but has 5.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void PerSynapse_TwoLists_AreEqualWhereTheirWeightsAre()
    {
        Assert.AreEqual(Weights.PerSynapse([1, 2]), Weights.PerSynapse([1, 2]));
        Assert.AreEqual(Weights.PerSynapse([1, 2]).GetHashCode(), Weights.PerSynapse([1, 2]).GetHashCode());
        Assert.AreNotEqual(Weights.PerSynapse([1, 2]), Weights.PerSynapse([2, 1]));
    }

    /// <summary>What a layer behind them is balanced by is what is drawn.</summary>
    [TestMethod]
    public void Mean_OfWeights_IsThatOfTheDrawnOnes()
    {
        var random = new Random(1);
        foreach (Weights weights in new[]
        {
            Weights.Of(0.7), Weights.Uniform(-1, 3), Weights.Normal(0.3, 2),
            Weights.PerSynapse([.. Enumerable.Range(0, 100_000).Select(_ => 1 + random.NextDouble())]),
        })
        {
            var expected = (DrawnWeights)weights;
            float[] drawn = Draw(weights);
            double mean = drawn.Average(w => (double)w), deviation = Math.Sqrt(drawn.Average(w => (w - mean) * (w - mean)));

            Assert.AreEqual(mean, expected.Mean, 5 * 2 / Math.Sqrt(100_000), $"{weights.GetType().Name}");
            Assert.AreEqual(deviation, expected.StandardDeviation, 0.02 * deviation + 1e-6, $"{weights.GetType().Name}");
        }
    }

    /// <summary>Weights that are shared are given as the matrix that they are, not by synapse: filters behind one another, columns of a kernel.</summary>
    [TestMethod]
    public void ToMatrices_SharedWeights_HaveTheShapeOfTheirKernels()
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input("input", [5, 5, 1]), filters = graph.Population("filters"), output = graph.Output();
            graph.Connect(input, filters, Connectivity.Convolution2D(4, 3));
            graph.Connect(filters, output);
        });
        NetworkProgram program = NetworkProgram.Build(network, channels: 25, steps: 5, timeStep: 1, outputs: 2);

        SnnConnectionWeights kernels = NetworkWeights.Draw(program, new InputStatistics(3, 3, false), seed: 1).ToMatrices(program)[0];

        Assert.AreEqual((9, 4), (kernels.Rows, kernels.Columns));
    }

    [TestMethod]
    public void Normal_ManyWeights_HaveItsMoments()
    {
        float[] weights = Draw(Weights.Normal(0.3, 2));
        double mean = weights.Average();
        double deviation = Math.Sqrt(weights.Average(w => (w - mean) * (w - mean)));
        double fourth = weights.Average(w => Math.Pow((w - mean) / deviation, 4));

        // Five standard errors of 100 000 draws.
        Assert.AreEqual(0.3, mean, 5 * 2 / Math.Sqrt(100_000));
        Assert.AreEqual(2, deviation, 5 * 2 / Math.Sqrt(200_000));
        Assert.AreEqual(3, fourth, 5 * Math.Sqrt(24.0 / 100_000));
    }

    [TestMethod]
    public void Uniform_ManyWeights_FillItsRangeEvenly()
    {
        float[] weights = Draw(Weights.Uniform(-1, 3));

        Assert.IsInRange(-1f, -0.99f, weights.Min());
        Assert.IsInRange(2.99f, 3f, weights.Max());
        for (int quarter = 0; quarter < 4; quarter++)
        {
            int count = weights.Count(w => w >= quarter - 1 && w < quarter);
            Assert.AreEqual(25_000, count, 5 * Math.Sqrt(100_000 * 0.25 * 0.75));
        }
    }

    [TestMethod]
    public void Weights_OutOfRange_SaySo()
    {
        (Action Act, string Message)[] cases =
        [
            (() => Weights.Normal(double.NaN, 1), "mean must be a finite number, but was NaN. Use for example 0."),
            (() => Weights.Normal(0, -1), "standardDeviation must be a finite number of 0 or more, but was -1. Use for example 1 / sqrt(inputs)."),
            (() => Weights.Uniform(0, double.PositiveInfinity), "maximum must be a finite number, but was Infinity. Use for example 0.1."),
        ];
        foreach ((Action act, string message) in cases)
        {
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentOutOfRangeException>(act).Message, message, StringComparison.Ordinal);
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Weights.Uniform(1, 0.5));
    }

    /// <summary>A sensible rate of the first layer is 0.2 to 5 spikes per neuron and trial, with less than half of the neurons silent.</summary>
    [TestMethod]
    [DataRow(16, false)]
    [DataRow(64, false)]
    [DataRow(256, false)]
    [DataRow(1024, false)]
    [DataRow(16, true)]
    [DataRow(1024, true)]
    public void Balanced_FreshNetworkOfAnyWidth_SpikesAtASensibleRate(int width, bool isConstantCurrent)
    {
        const int Examples = 16, Channels = 100, Steps = 20;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(width), Layer.Output()), Channels, Steps, 1, 3);
        SpikeTrains trains = RandomTrains(Examples, Channels, Steps, isConstantCurrent);
        (double sum, double squares) = trains.MeanInput();
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, Examples, threads: 1);
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(sum, squares, isConstantCurrent), seed: 3));

        engine.Train(
            new TrainingBatch { Trains = trains, Targets = Targets.OfClasses(new int[Examples]), ExampleWeights = null, Examples = [.. Enumerable.Range(0, Examples)] },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, 0.1f));

        long[] counts = new long[width];
        engine.TakeSpikeCounts(counts);
        Assert.IsInRange(0.2, 5, counts.Average() / Examples);
        Assert.IsLessThan(0.5, counts.Count(c => c == 0) / (double)width, "silent share");
    }

    private static SpikeTrains RandomTrains(int examples, int channels, int steps, bool isConstantCurrent)
    {
        RandomStream random = new(1, 1);
        SpikeTrainsBuilder builder = new(steps, channels, isConstantCurrent);
        for (int n = 0; n < examples; n++)
        {
            float[] values = new float[isConstantCurrent ? channels : steps * channels];
            for (int channel = 0; channel < channels; channel++)
            {
                values[isConstantCurrent ? channel : random.NextInt32(steps) * channels + channel] = isConstantCurrent ? (float)random.NextDouble() : 1;
            }

            builder.AddDense(values);
        }

        return builder.ToSpikeTrains();
    }

    private static float[] Draw(Weights weights)
    {
        float[] drawn = new float[100_000];
        ((DrawnWeights)weights).Fill(drawn, new RandomStream(1, 2));
        return drawn;
    }
}
