using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Corners of the event-driven engine that random networks do not reach: made on purpose, and worked out apart.</summary>
[TestClass]
public sealed class ExactCornerTests
{
    private static readonly LearningStep s_still = new(new AdamEquations(1e-30, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 1e-6f);

    /// <summary>An output that is read at the end of the trial: the gradient through a hidden layer against differences of the loss itself.</summary>
    [TestMethod]
    public void Train_FinalMembrane_GivesTheDifferencesOfItsLoss()
    {
        const float Step = 0.01f;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(6), Layer.Output(Readout.FinalMembrane)),
            channels: 3, steps: 20, timeStep: 1, outputs: 2, Loss.MeanSquaredError, Integrator.EventDriven);
        NetworkWeights weights = NetworkWeights.ZerosFor(program), gradient = NetworkWeights.ZerosFor(program);
        var random = new Random(3);
        for (int c = 0; c < weights.Count; c++)
        {
            foreach (ref float weight in weights[c].AsSpan())
            {
                weight = c == 0 ? 2 + 5 * random.NextSingle() : 4 * random.NextSingle() - 2;
            }
        }

        using var engine = new ExactEngine<Vector256Lane>(program, 1, threads: 1) { KeepGradient = true };
        BatchResult Run()
        {
            var builder = new SpikeTrainsBuilder(20, 3, isConstantCurrent: false, isSpikeTimes: true);
            builder.AddDense([1.5f, 4.25f, 9]);
            engine.SetWeights(weights);
            return engine.Train(
                new TrainingBatch { Trains = builder.ToSpikeTrains(), Targets = Targets.OfValues([3, -3], 2), ExampleWeights = null, Examples = [0] }, s_still);
        }

        long spikes = Run().HiddenSpikes;
        engine.GetGradient(gradient);
        Assert.IsGreaterThan(5, spikes);
        double norm = Math.Sqrt(gradient[0].Concat(gradient[1]).Sum(g => (double)g * g));
        int compared = 0;
        for (int c = 0; c < weights.Count; c++)
        {
            for (int n = 0; n < weights[c].Length; n++)
            {
                float weight = weights[c][n];
                weights[c][n] = weight + Step;
                BatchResult above = Run();
                weights[c][n] = weight - Step;
                BatchResult below = Run();
                weights[c][n] = weight;
                if (above.HiddenSpikes == spikes && below.HiddenSpikes == spikes)
                {
                    compared++;
                    Assert.AreEqual((above.Loss - below.Loss) / (2 * Step), gradient[c][n], 2e-3 * norm, $"weight {n} of {program.Connections[c].Name}");
                }
            }
        }

        Assert.IsGreaterThan(24, compared);
    }

    /// <summary>A graded arrival of 2 is two arrivals at once, whatever it leads to.</summary>
    [TestMethod]
    [DataRow(Readout.AverageMembrane, 0)]
    [DataRow(Readout.MaximumMembrane, 0)]
    [DataRow(Readout.FinalMembrane, 0)]
    [DataRow(Readout.FirstSpikeTime, 0)]
    [DataRow(Readout.MaximumMembrane, 5)]
    [DataRow(Readout.FirstSpikeTime, 5)]
    public void Train_GradedInput_IsAsManyArrivals(Readout readout, int hidden)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential([.. Enumerable.Repeat(Layer.Dense(5), hidden / 5), Layer.Output(readout, firstSpike: FirstSpikeLoss.CrossEntropy(temperature: 20))]),
            channels: 3, steps: 30, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        var random = new Random(5);
        for (int c = 0; c < weights.Count; c++)
        {
            foreach (ref float weight in weights[c].AsSpan())
            {
                weight = (hidden == 0 ? 5 : 7) * (random.NextSingle() - 0.2f);
            }
        }

        (float[] scores, float[] gradient) = Run([4, 16, 20], [2, 1, 2]);
        (float[] expectedScores, float[] expectedGradient) = Run([4, 4, 16, 20, 20], [1, 1, 1, 1, 1]);

        double norm = Math.Sqrt(expectedGradient.Sum(g => (double)g * g));
        Assert.IsGreaterThan(1e-3, norm);
        for (int n = 0; n < scores.Length; n++)
        {
            Assert.AreEqual(expectedScores[n], scores[n], 1e-5f);
        }

        for (int n = 0; n < gradient.Length; n++)
        {
            Assert.AreEqual(expectedGradient[n], gradient[n], 1e-5 * norm, $"weight {n}");
        }

        (float[] Scores, float[] Gradient) Run(int[] slots, float[] values)
        {
            var builder = new SpikeTrainsBuilder(30, 3, isConstantCurrent: false);
            builder.Add(slots, values);
            SpikeTrains trains = builder.ToSpikeTrains();
            using var engine = new ExactEngine<Vector256Lane>(program, 1, threads: 1) { KeepGradient = true };
            engine.SetWeights(weights);
            float[] found = new float[2];
            engine.Score(trains, found);
            engine.Train(new TrainingBatch { Trains = trains, Targets = Targets.OfClasses([1]), ExampleWeights = null, Examples = [0] }, s_still);
            NetworkWeights flat = NetworkWeights.ZerosFor(program);
            engine.GetGradient(flat);
            return (found, [.. Enumerable.Range(0, flat.Count).SelectMany(c => flat[c])]);
        }
    }

    /// <summary>Who crosses and falls back long before another crosses is found, though the search looks at the other one first.</summary>
    [TestMethod]
    public void Forward_CrossingBetweenTwoLooks_IsNotMissed()
    {
        // A first arrival that moves nobody, and a long silence: from then on the search looks beyond the end of the trial.
        const int Units = 8, Early = 4;
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(
                Layer.Dense(Units, new LeakyIntegrateFire { MembraneTime = 20, Reset = -1 }, new ExponentialSynapse(5), recurrent: true), Layer.Output()),
            channels: 3, steps: 140, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);

        // V of a weight is at its largest after 9.24 ms: (4^(-1/3) - 4^(-4/3))/3 = 0.1575 of it.
        weights[0][Units + Early] = 6.48f;
        for (int late = 0; late < Early; late++)
        {
            weights[0][2 * Units + late] = 6.36f;
        }

        using var network = new ExactNetwork<Vector256Lane>(program);
        network.Weights.Load(weights);
        using ExactScratch scratch = network.CreateScratch();
        using ExactSlot slot = network.CreateSlot();
        var builder = new SpikeTrainsBuilder(140, 3, isConstantCurrent: false, isSpikeTimes: true);
        builder.AddDense([0.5f, 60, 66]);
        network.Forward(builder.ToSpikeTrains(), 0, scratch, slot);

        (int Neuron, double Time)[] found = SpikesOf(slot);
        CollectionAssert.AreEqual(new[] { Early, 0, 1, 2, 3 }, found.Select(s => s.Neuron).ToArray());
        Assert.AreEqual(60 + Crossing(6.48), found[0].Time, 1e-3);
        Assert.AreEqual(66 + Crossing(6.36), found[1].Time, 1e-2);

        // By halving: V rises from 0 to its largest.
        static double Crossing(double weight)
        {
            double low = 0, high = 9.24;
            for (int n = 0; n < 60; n++)
            {
                double middle = (low + high) / 2;
                (low, high) = weight * (Math.Exp(-middle / 20) - Math.Exp(-middle / 5)) / 3 < 1 ? (middle, high) : (low, middle);
            }

            return low;
        }
    }

    /// <summary>Neurons whose weights are neighbouring numbers cross a last digit apart; each spikes once, as it would alone.</summary>
    [TestMethod]
    public void Forward_CrossingsALastDigitApart_AreEachFoundOnce()
    {
        const int Units = 300;
        (int Neuron, double Time)[] Spikes(bool recurrent)
        {
            NetworkProgram program = NetworkProgram.Build(
                SnnNetwork.Sequential(Layer.Dense(Units, new LeakyIntegrateFire { Reset = -1 }, recurrent: recurrent), Layer.Output()),
                channels: 1, steps: 30, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);
            NetworkWeights weights = NetworkWeights.ZerosFor(program);
            float weight = 9;
            for (int n = 0; n < Units; n++)
            {
                weights[0][n] = weight = MathF.BitIncrement(weight);
            }

            using var network = new ExactNetwork<Vector256Lane>(program);
            network.Weights.Load(weights);
            using ExactScratch scratch = network.CreateScratch();
            using ExactSlot slot = network.CreateSlot();
            var builder = new SpikeTrainsBuilder(30, 1, isConstantCurrent: false, isSpikeTimes: true);
            builder.AddDense([1]);
            network.Forward(builder.ToSpikeTrains(), 0, scratch, slot);
            return SpikesOf(slot);
        }

        (int Neuron, double Time)[] alone = [.. Spikes(recurrent: false).OrderBy(s => s.Neuron)], together = [.. Spikes(recurrent: true).OrderBy(s => s.Neuron)];

        CollectionAssert.AreEqual(Enumerable.Range(0, Units).ToArray(), alone.Select(s => s.Neuron).ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, Units).ToArray(), together.Select(s => s.Neuron).ToArray());
        for (int n = 0; n < Units; n++)
        {
            Assert.AreEqual(alone[n].Time, together[n].Time, 1e-5);
        }
    }

    private static unsafe (int Neuron, double Time)[] SpikesOf(ExactSlot slot)
    {
        EventTape tape = slot.Tapes[1];
        var spikes = new (int Neuron, double Time)[tape.Count];
        for (int k = 0; k < spikes.Length; k++)
        {
            spikes[k] = (tape.Neuron[k], tape.Time[k]);
        }

        return spikes;
    }
}
