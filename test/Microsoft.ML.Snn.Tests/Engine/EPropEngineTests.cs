using System;
using System.Linq;
using System.Threading;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Both forms of e-prop against the printed equations and against each other.</summary>
[TestClass]
public sealed class EPropEngineTests
{
    [TestMethod]
    [DataRow(EPropMode.EventDriven)]
    [DataRow(EPropMode.Online)]
    public void Train_RandomNetworks_GivesTheGradientOfThePrintedEquations(EPropMode mode)
    {
        int compared = 0, spiking = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new EPropCase(seed);
                using EPropEngine<Vector512Lane> engine = Engine<Vector512Lane>(drawn, mode, threads: 2);
                float[][] feedback = [.. Enumerable.Range(0, drawn.Program.Hidden.Count).Select(engine.FeedbackOf)];
                if (!drawn.IsOnAKnifeEdge(feedback))
                {
                    Interlocked.Add(ref spiking, AssertGradient(drawn, engine, feedback, seed) > 0 ? 1 : 0);
                    Interlocked.Increment(ref compared);
                }
            },
            iter: 200);
        Assert.IsGreaterThan(150, compared, "Too few networks were compared for the test to mean anything.");
        Assert.IsGreaterThan(75, spiking, "Too few networks spiked for the test to mean anything.");
    }

    /// <summary>The engine of graphs has loops of its own, and runs the same networks.</summary>
    [TestMethod]
    public void Train_RandomNetworksAsGraphs_GivesTheGradientOfThePrintedEquations()
    {
        int compared = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new EPropCase(seed);
                if (drawn.Settings.Feedback == EPropFeedback.Adaptive)
                {
                    return;
                }

                using var engine = new GraphEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 2, drawn.Settings) { KeepGradient = true };
                engine.SetWeights(drawn.Weights);
                float[][] feedback = [.. drawn.Program.Hidden.Select((hidden, layer) => drawn.Settings.Feedback == EPropFeedback.Symmetric
                    ? drawn.Weights[drawn.Program.Output.Input.Index]
                    : drawn.Settings.DrawFeedback(layer, hidden.Units, drawn.Classes))];
                if (!drawn.IsOnAKnifeEdge(feedback))
                {
                    AssertGradient(drawn, engine, feedback, seed);
                    Interlocked.Increment(ref compared);
                }
            },
            iter: 200);
        Assert.IsGreaterThan(80, compared, "Too few networks were compared for the test to mean anything.");
    }

    [TestMethod]
    public void Train_BothForms_AgreeToRounding()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new EPropCase(seed);
                using EPropEngine<Vector256Lane> scans = Engine<Vector256Lane>(drawn, EPropMode.EventDriven, threads: 1);
                using EPropEngine<Vector256Lane> online = Engine<Vector256Lane>(drawn, EPropMode.Online, threads: 1);
                BatchResult one = TrainBatch(scans, drawn);
                BatchResult other = TrainBatch(online, drawn);

                Assert.AreEqual(one.HiddenSpikes, other.HiddenSpikes, $"seed {seed}");
                Assert.AreEqual(one.Correct, other.Correct, $"seed {seed}");
                Assert.AreEqual(one.Loss, other.Loss, 1e-5 * Math.Max(1, Math.Abs(one.Loss)), $"seed {seed}");
                AssertClose(Gradient(online, drawn), [.. Gradient(scans, drawn).Select(x => (double)x)], 1e-5, seed);
                for (int layer = 0; layer < drawn.Program.Hidden.Count; layer++)
                {
                    AssertClose(online.FeedbackOf(layer), [.. scans.FeedbackOf(layer).Select(x => (double)x)], 1e-5, seed);
                }
            },
            iter: 200);
    }

    /// <summary>Nothing is approximated behind the last spike: there e-prop's gradient is the gradient.</summary>
    [TestMethod]
    public void Reference_WeightsOfTheOutput_HaveTheGradientOfCentralDifferences()
    {
        const double Step = 1e-5;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new EPropCase(seed);
                double[,] gradient = drawn.Reference().Run(drawn.Arrivals(0), drawn.Labels[0]).Weights[^1];
                float[] weights = drawn.Weights[drawn.Program.Output.Input.Index];
                int at = seed % weights.Length;
                float kept = weights[at];
                double Loss(double shift)
                {
                    weights[at] = (float)(kept + shift);
                    return drawn.Reference().Run(drawn.Arrivals(0), drawn.Labels[0]).Loss;
                }

                double above = Loss(Step), below = Loss(-Step);
                double distance = (float)(kept + Step) - (double)(float)(kept - Step);
                Assert.AreEqual((above - below) / distance, gradient[at / drawn.Classes, at % drawn.Classes], 1e-7, $"seed {seed}");
            },
            iter: 100);
    }

    [TestMethod]
    public void Reference_BiasesOfTheOutput_HaveTheGradientOfCentralDifferences()
    {
        const double Step = 1e-5;
        Gen.Int[0, 1_000_000].Sample(
            half =>
            {
                var drawn = new EPropCase(2 * half);
                double[] gradient = drawn.Reference().Run(drawn.Arrivals(0), drawn.Labels[0]).Bias;
                int at = half % drawn.Classes;
                float kept = drawn.Biases![at];
                double Loss(double shift)
                {
                    drawn.Biases[at] = (float)(kept + shift);
                    return drawn.Reference().Run(drawn.Arrivals(0), drawn.Labels[0]).Loss;
                }

                double above = Loss(Step), below = Loss(-Step);
                double distance = (float)(kept + Step) - (double)(float)(kept - Step);
                Assert.AreEqual((above - below) / distance, gradient[at], 1e-7, $"half of seed {half}");
            },
            iter: 100);
    }

    [TestMethod]
    public void Train_LeakyNeurons_SpikeAsTheyDoForEventProp()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new RandomCase(seed);
                using var exact = new CpuEngine<Vector512Lane>(drawn.Program, drawn.Count, threads: 1);
                using var scans = new EventDrivenEProp<Vector512Lane>(
                    drawn.Program, new EPropSettings { Feedback = EPropFeedback.Random }, drawn.Count, threads: 1);
                long[] expected = Counts(exact, drawn), actual = Counts(scans, drawn);

                CollectionAssert.AreEqual(expected, actual, $"seed {seed}");
            },
            iter: 100);
    }

    /// <summary>The scorer runs adaptive neurons by itself: its scores are those of the printed equations.</summary>
    [TestMethod]
    public void Score_RandomNetworks_GivesTheReadoutOfThePrintedEquations()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new EPropCase(seed);
                if (drawn.IsOnAKnifeEdge(null))
                {
                    return;
                }

                using EPropEngine<Vector512Lane> engine = Engine<Vector512Lane>(drawn, EPropMode.EventDriven, threads: 1);
                float[] scores = new float[drawn.Count * drawn.Classes];
                engine.Score(drawn.Trains(), scores);
                for (int b = 0; b < drawn.Count; b++)
                {
                    double[][] output = drawn.Reference().Run(drawn.Arrivals(b), drawn.Labels[b]).Output;
                    double[] mean = [.. Enumerable.Range(0, drawn.Classes).Select(k => output.Average(v => v[k]))];
                    double total = mean.Sum(Math.Exp);
                    for (int k = 0; k < drawn.Classes; k++)
                    {
                        Assert.AreEqual(Math.Exp(mean[k]) / total, (double)scores[b * drawn.Classes + k], 2e-4, $"seed {seed}");
                    }
                }
            },
            iter: 100);
    }

    /// <summary>What an example left must not reach the next one: its gradient is the same whatever came before it.</summary>
    [TestMethod]
    [DataRow(EPropMode.EventDriven)]
    [DataRow(EPropMode.Online)]
    public void Train_AfterOtherExamples_GivesTheGradientOfAFreshEngine(EPropMode mode)
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var drawn = new EPropCase(seed);
                using EPropEngine<Vector512Lane> fresh = Engine<Vector512Lane>(drawn, mode, threads: 1);
                using EPropEngine<Vector512Lane> used = Engine<Vector512Lane>(drawn, mode, threads: 1);
                for (int example = drawn.Count - 1; example > 0; example--)
                {
                    TrainBatch(used, drawn, example);
                }

                BatchResult expected = TrainBatch(fresh, drawn, 0);
                BatchResult actual = TrainBatch(used, drawn, 0);

                Assert.AreEqual(expected, actual);
                CollectionAssert.AreEqual(Gradient(fresh, drawn), Gradient(used, drawn), $"seed {seed}");
            },
            iter: 60);
    }

    [TestMethod]
    [DataRow(EPropMode.EventDriven)]
    [DataRow(EPropMode.Online)]
    public void Train_AnyNumberOfThreads_GivesTheSameBits(EPropMode mode)
    {
        var drawn = new EPropCase(SeedOfALargeCase);
        float[] Trained(int threads)
        {
            using EPropEngine<Vector512Lane> engine = Engine<Vector512Lane>(drawn, mode, threads);
            for (int batch = 0; batch < 20; batch++)
            {
                Assert.IsGreaterThan(0L, TrainBatch(engine, drawn, rate: 0.1f).HiddenSpikes, "A network without spikes proves nothing.");
            }

            NetworkWeights weights = NetworkWeights.ZerosFor(drawn.Program);
            engine.GetWeights(weights);
            return Flatten(weights);
        }

        float[] one = Trained(1);
        CollectionAssert.AreEqual(one, Trained(2));
        CollectionAssert.AreEqual(one, Trained(5));
    }

    [TestMethod]
    [DataRow(EPropMode.EventDriven)]
    [DataRow(EPropMode.Online)]
    public void Train_AfterWarmUp_AllocatesNothing(EPropMode mode)
    {
        var drawn = new EPropCase(SeedOfALargeCase);
        using EPropEngine<Vector512Lane> engine = Engine<Vector512Lane>(drawn, mode, threads: 2);
        SpikeTrains trains = drawn.Trains();
        Targets targets = Targets.OfClasses(drawn.Labels);
        int[] examples = [.. Enumerable.Range(0, drawn.Count)];
        void Batch() => engine.Train(
            new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = examples },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, 0f));
        for (int batch = 0; batch < 40; batch++)
        {
            Batch();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int batch = 0; batch < 20; batch++)
        {
            Batch();
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Two recurrent layers with adaptive feedback and regularised rates, that spike.</summary>
    private static int SeedOfALargeCase => Enumerable.Range(0, 10_000).First(seed =>
    {
        var drawn = new EPropCase(seed);
        if (drawn.Program.Hidden.Count != 2 || drawn.Count < 4 || drawn.Program.Hidden.Any(h => h.Units < 20 || h.Recurrent == null)
            || drawn.Settings.Feedback != EPropFeedback.Adaptive || drawn.Settings.RateStrength == 0)
        {
            return false;
        }

        using EPropEngine<Vector512Lane> engine = Engine<Vector512Lane>(drawn, EPropMode.EventDriven, threads: 1);
        return TrainBatch(engine, drawn).HiddenSpikes > 500;
    });

    private static long AssertGradient(EPropCase drawn, NetworkEngine engine, float[][] feedback, int seed)
    {
        BatchResult result = TrainBatch(engine, drawn);
        double loss = 0;
        long spikes = 0;
        double[] expected = new double[drawn.Program.ParameterCount];
        for (int b = 0; b < drawn.Count; b++)
        {
            double weight = drawn.ExampleWeights?[b] ?? 1;
            EPropTrial trial = drawn.Reference(feedback: feedback).Run(drawn.Arrivals(b), drawn.Labels[b]);
            loss += weight * trial.Loss;
            spikes += trial.Spikes.Sum(layer => layer.Count);

            // Regularisation is not weighted: a trial without its errors has it alone.
            EPropTrial unregularised = WithoutRates(drawn, feedback).Run(drawn.Arrivals(b), drawn.Labels[b]);
            int next = 0;
            for (int layer = 0; layer <= drawn.Program.Hidden.Count; layer++)
            {
                Add(trial.Weights[layer], unregularised.Weights[layer]);
                Add(trial.RecurrentWeights[layer], unregularised.RecurrentWeights[layer]);
            }

            for (int k = 0; k < drawn.Classes && drawn.Biases != null; k++)
            {
                expected[next++] += weight * trial.Bias[k] / drawn.Count;
            }

            void Add(double[,]? both, double[,]? errors)
            {
                foreach ((double all, double error) in (both ?? new double[0, 0]).Cast<double>().Zip((errors ?? new double[0, 0]).Cast<double>()))
                {
                    expected[next++] += (all - error + weight * error) / drawn.Count;
                }
            }
        }

        Assert.AreEqual(spikes, result.HiddenSpikes, $"spikes, seed {seed}");
        Assert.AreEqual(loss, result.Loss, 1e-4 * Math.Max(1, Math.Abs(loss)), $"loss, seed {seed}");
        AssertClose(Gradient(engine, drawn), expected, 1e-4, seed);
        return spikes;
    }

    private static EPropReference WithoutRates(EPropCase drawn, float[][] feedback) =>
        drawn.Reference(feedback: feedback, regularises: false);

    private static EPropEngine<TLane> Engine<TLane>(EPropCase drawn, EPropMode mode, int threads)
        where TLane : struct, ISimdLane<TLane>
    {
        EPropEngine<TLane> engine = mode == EPropMode.Online
            ? new OnlineEProp<TLane>(drawn.Program, drawn.Settings, drawn.Count, threads)
            : new EventDrivenEProp<TLane>(drawn.Program, drawn.Settings, drawn.Count, threads);
        engine.KeepGradient = true;
        engine.SetWeights(drawn.Weights);
        return engine;
    }

    private static BatchResult TrainBatch(NetworkEngine engine, EPropCase drawn, int? example = null, float rate = 0) => engine.Train(
        new TrainingBatch
        {
            Trains = drawn.Trains(),
            Targets = Targets.OfClasses(drawn.Labels),
            ExampleWeights = drawn.ExampleWeights,
            Examples = example is int one ? [one] : Enumerable.Range(0, drawn.Count).ToArray(),
        },
        new LearningStep(new ParameterUpdates(new UpdateEquations(
            new MomentumEquations(rate, 0, isNesterov: false, weightDecay: 0))), default, 0));

    private static float[] Gradient(NetworkEngine engine, EPropCase drawn)
    {
        NetworkWeights gradient = NetworkWeights.ZerosFor(drawn.Program);
        engine.GetGradient(gradient);
        return Flatten(gradient);
    }

    private static long[] Counts(NetworkEngine engine, RandomCase drawn)
    {
        engine.SetWeights(drawn.Weights);
        engine.Train(
            new TrainingBatch
            {
                Trains = drawn.Trains(),
                Targets = drawn.EngineTargets(),
                ExampleWeights = drawn.ExampleWeights,
                Examples = Enumerable.Range(0, drawn.Count).ToArray(),
            },
            new LearningStep(new AdamEquations(1e-3, 0.9, 0.999, 1e-8, 1), default, drawn.GrazingLimit));
        long[] counts = new long[drawn.Program.Hidden.Sum(h => h.Units)];
        engine.TakeSpikeCounts(counts);
        return counts;
    }

    private static float[] Flatten(NetworkWeights weights) =>
        [.. Enumerable.Range(0, weights.Count).SelectMany(c => weights[c])];

    private static void AssertClose(float[] actual, double[] expected, double tolerance, int seed)
    {
        double norm = Math.Sqrt(expected.Sum(x => x * x));
        double difference = Math.Sqrt(actual.Zip(expected, (a, e) => (a - e) * (a - e)).Sum());
        Assert.IsTrue(difference <= tolerance * norm + 1e-7, $"seed {seed}: off by {difference} of {norm}");
    }
}
