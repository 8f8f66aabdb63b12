using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Networks;

[TestClass]
public sealed class BalancedWeightsTests
{
    private static readonly InputStatistics s_input = new(10, 10, IsConstantCurrent: false);

    [TestMethod]
    public void Draw_SameSeed_GivesTheSameWeightsAndALayerMoreLeavesTheOthersAlone()
    {
        NetworkProgram small = Program(Layer.Dense(9), Layer.Output());
        NetworkProgram large = Program(Layer.Dense(9), Layer.Dense(5), Layer.Output());

        NetworkWeights first = NetworkWeights.Draw(small, s_input, seed: 4);

        CollectionAssert.AreEqual(first[0], NetworkWeights.Draw(small, s_input, seed: 4)[0]);
        CollectionAssert.AreEqual(first[0], NetworkWeights.Draw(large, s_input, seed: 4)[0]);
        CollectionAssert.AreNotEqual(first[0], NetworkWeights.Draw(small, s_input, seed: 5)[0]);
    }

    [TestMethod]
    [DataRow(16, 1)]
    [DataRow(64, 1)]
    [DataRow(256, 1)]
    [DataRow(1024, 1)]
    [DataRow(128, 2)]
    [DataRow(128, 3)]
    public void Draw_Balanced_AFreshNetworkSpikesAtASensibleRateWhateverItsInput(int units, int layers)
    {
        Layer[] hidden = [.. Enumerable.Repeat(Layer.Dense(units), layers), Layer.Output()];
        Layer[] recurrent = [.. Enumerable.Repeat(Layer.Dense(units, recurrent: true), layers), Layer.Output()];
        foreach (int channels in new[] { 4, 64, 784 })
        {
            foreach (bool isConstantCurrent in new[] { false, true })
            {
                AssertRate(channels, isConstantCurrent, hidden);
                AssertRate(channels, isConstantCurrent, recurrent);
            }
        }
    }

    [TestMethod]
    [DataRow(5, 2, 1)]
    [DataRow(50, 20, 1)]
    [DataRow(20, 20, 3)]
    public void Draw_Balanced_FollowsTimeConstantsAndThreshold(double membraneTime, double synapseTime, double threshold)
    {
        Layer layer = Layer.Dense(
            128, new LeakyIntegrateFire { MembraneTime = membraneTime, Threshold = threshold }, new ExponentialSynapse(synapseTime));
        AssertRate(64, isConstantCurrent: false, layer, Layer.Output());
        AssertRate(64, isConstantCurrent: true, layer, Layer.Output());
    }

    /// <summary>One spike of every neuron, at any time of the trial, moves the membranes at its end by a fifth of the threshold: with ε in closed form.</summary>
    [TestMethod]
    public void Draw_BalancedRecurrent_MovesTheMembranesByAFifthOfTheThreshold()
    {
        const int Units = 300, Steps = 100, Trials = 200;
        const double MembraneTime = 12, SynapseTime = 4, Threshold = 1.5;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(Units, new LeakyIntegrateFire { MembraneTime = MembraneTime, Threshold = Threshold }, new ExponentialSynapse(SynapseTime), recurrent: true),
                Layer.Output()),
            10, Steps, 1, 2);
        float[] weights = NetworkWeights.Draw(program, s_input, seed: 2)[program.Hidden[0].Recurrent!.Index];
        double square = weights.Average(w => (double)w * w);
        var random = new Random(6);
        double variance = 0;
        for (int n = 0; n < Trials * Units; n++)
        {
            double since = Steps * random.NextDouble();
            double response = SynapseTime / (MembraneTime - SynapseTime) * (Math.Exp(-since / MembraneTime) - Math.Exp(-since / SynapseTime));
            variance += square * response * response / Trials;
        }

        Assert.AreEqual(0.2 * Threshold, Math.Sqrt(variance), 0.03 * 0.2 * Threshold);
    }

    /// <summary>A neuron that is driven hard spikes as soon as it is released: every fifth step.</summary>
    [TestMethod]
    public void SpikesOf_RefractoryNeurons_AreHeldAsLongAsTheRealOnes()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(4, new LeakyIntegrateFire { RefractoryPeriod = 4 }), Layer.Output()), 10, 50, 1, 2);

        double[] spikes = LayerActivity.Of(new InputStatistics(5000, 5000, IsConstantCurrent: false), 50).SpikesOf(program.Hidden[0], 10, 0);

        CollectionAssert.AreEqual(Enumerable.Range(0, 50).Select(step => step % 5 == 0 ? 1.0 : 0).ToArray(), spikes);
    }

    [TestMethod]
    public void Draw_BalancedWithoutAnyInput_IsFinite()
    {
        NetworkWeights weights = NetworkWeights.Draw(Program(Layer.Dense(8), Layer.Output()), default, seed: 1);

        Assert.IsTrue(weights.IsFinite());
    }

    private static void AssertRate(int channels, bool isConstantCurrent, params Layer[] layers)
    {
        const int Examples = 40;
        SpikeTrains trains = Images(Examples, channels, isConstantCurrent);
        (double sum, double squares) = trains.MeanInput();
        NetworkProgram program = NetworkProgram.Build(SnnNetwork.Sequential(layers), channels, 20, 1, 10);
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, Examples, threads: 1);
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(sum, squares, isConstantCurrent), seed: 1));
        engine.Train(
            new TrainingBatch
            {
                Trains = trains,
                Targets = Targets.OfClasses(new int[Examples]),
                ExampleWeights = null,
                Examples = [.. Enumerable.Range(0, Examples)],
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, 0.1f));

        long[] counts = new long[program.Hidden.Sum(h => h.Units)];
        engine.TakeSpikeCounts(counts);
        int first = 0;
        foreach (HiddenProgram layer in program.Hidden)
        {
            double rate = (double)counts.AsSpan(first, layer.Units).ToArray().Sum() / Examples / layer.Units;
            first += layer.Units;
            Assert.IsTrue(
                rate is >= 0.2 and <= 5,
                $"{rate:F2} spikes per neuron of {layer.Input.Name}: {channels} channels, constant current {isConstantCurrent}; {program}");
        }
    }

    /// <summary>Examples of which about a fifth of the features, but at least one, is not 0, as in images; latency-coded or as currents.</summary>
    private static SpikeTrains Images(int count, int channels, bool isConstantCurrent)
    {
        const int Steps = 20;
        Random random = new(3);
        var builder = new SpikeTrainsBuilder(Steps, channels, isConstantCurrent);
        for (int example = 0; example < count; example++)
        {
            float[] values = [.. Enumerable.Range(0, channels).Select(c => channels == 4 || c == 0 || random.Next(5) == 0 ? random.NextSingle() : 0)];
            if (isConstantCurrent)
            {
                builder.AddDense(values);
                continue;
            }

            int[] slots =
            [
                .. from channel in Enumerable.Range(0, channels)
                   where values[channel] > 0
                   let slot = (int)((1 - values[channel]) * (Steps - 1)) * channels + channel
                   orderby slot
                   select slot,
            ];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        return builder.ToSpikeTrains();
    }

    private static NetworkProgram Program(params Layer[] layers) =>
        NetworkProgram.Build(SnnNetwork.Sequential(layers), channels: 10, steps: 20, timeStep: 1, outputs: 3);
}
