using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The event-driven engine against the exact oracle in double precision, and its promises: same bits, no allocation.</summary>
[TestClass]
public sealed class ExactEngineTests
{
    private static readonly LearningStep s_still = new(new AdamEquations(1e-30, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 1e-6f);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Forward_RandomNetworks_SpikesWhenTheOracleDoes(bool recurrent)
    {
        int compared = 0, spikes = 0;
        double worst = 0;
        foreach (int seed in Enumerable.Range(0, 300))
        {
            var drawn = new ExactCase(seed, recurrent);
            if (drawn.IsOnAKnifeEdge())
            {
                continue;
            }

            (int own, double difference) = CompareSpikes(drawn, $"seed {seed}");
            (spikes, worst) = (spikes + own, Math.Max(worst, difference));
            compared++;
        }

        TestContext.WriteLine($"{compared} networks, {spikes} hidden spikes, worst relative difference {worst:E1}");
        Assert.IsGreaterThan(200, compared, "Too few networks were compared for the test to mean anything.");
        Assert.IsLessThan(2e-5, worst);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_RandomNetworks_GivesTheGradientOfTheOracle(bool recurrent)
    {
        // In draw 365 a softmax is so sure that p - 1 = -9e-5 must not have the rounding of p in it, 6e-8 or 7e-4 of it.
        int compared = 0;
        double worst = 0;
        foreach (int seed in Enumerable.Range(0, 500))
        {
            var drawn = new ExactCase(seed, recurrent);
            if (drawn.IsOnAKnifeEdge())
            {
                continue;
            }

            (double[] expected, double loss) = OracleGradient(drawn);
            (float[] found, BatchResult result) = Gradient<Vector256Lane>(drawn, threads: 1);
            double norm = Norm(expected);
            Assert.AreEqual(loss, result.Loss, 2e-4 * (1 + Math.Abs(loss)), $"seed {seed}");
            if (norm < 1e-5)
            {
                // The oracle's derivative of the loss is no better than 1e-11: here it has too few digits to judge by.
                continue;
            }

            double error = Norm([.. expected.Zip(found, (e, f) => e - f)]) / norm;
            Assert.IsLessThan(2e-4, error, $"seed {seed}, {drawn.Readout}, norm {norm:E2}");
            worst = Math.Max(worst, error);
            compared++;
        }

        TestContext.WriteLine($"{compared} networks, worst relative error of a gradient {worst:E1}");
        Assert.IsGreaterThan(190, compared, "Too few networks were compared for the test to mean anything.");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_LanesOfAnyWidth_GiveTheSameGradient(bool recurrent)
    {
        foreach (int seed in Enumerable.Range(0, 60))
        {
            var drawn = new ExactCase(seed, recurrent);
            (float[] wide, BatchResult wideResult) = Gradient<Vector512Lane>(drawn, threads: 1);
            (float[] narrow, BatchResult narrowResult) = Gradient<Vector256Lane>(drawn, threads: 1);

            Assert.AreEqual(wideResult.HiddenSpikes, narrowResult.HiddenSpikes);
            double norm = Norm([.. wide.Select(x => (double)x)]);
            Assert.IsLessThan(1e-6, Norm([.. wide.Zip(narrow, (a, b) => (double)(a - b))]) / (norm + 1e-4), $"seed {seed}");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_AnyNumberOfThreads_GivesTheSameBits(bool recurrent)
    {
        foreach (int seed in Enumerable.Range(0, 20))
        {
            var drawn = new ExactCase(seed, recurrent);
            float[] one = Gradient<Vector256Lane>(drawn, threads: 1).Gradient;

            CollectionAssert.AreEqual(one, Gradient<Vector256Lane>(drawn, threads: 2).Gradient);
            CollectionAssert.AreEqual(one, Gradient<Vector256Lane>(drawn, threads: 5).Gradient);
        }
    }

    /// <summary>A slice of the batch holds several examples here; and where regularisation asks for all spikes first, each keeps a memory of its own.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_LargeBatches_OfAnyThreadsAndWithRegularisation_GiveTheSameGradient(bool recurrent)
    {
        foreach (int seed in Enumerable.Range(0, 12))
        {
            var drawn = new ExactCase(seed, recurrent);
            int[] examples = [.. Enumerable.Range(0, 50).Select(n => n * 7 % drawn.Inputs.Length)];
            float[] one = Gradient<Vector256Lane>(drawn, threads: 1, examples: examples).Gradient;
            double[] sum = new double[one.Length];
            foreach (int example in examples)
            {
                float[] alone = Gradient<Vector256Lane>(drawn, threads: 1, examples: [example]).Gradient;
                sum = [.. sum.Zip(alone, (a, b) => a + b / examples.Length)];
            }

            Assert.IsLessThan(2e-5, Norm([.. one.Zip(sum, (a, b) => a - b)]) / (Norm(sum) + 1e-4), $"seed {seed}");
            CollectionAssert.AreEqual(one, Gradient<Vector256Lane>(drawn, threads: 3, examples: examples).Gradient);

            // So weak that it changes nothing, but it has to count the spikes of the whole batch.
            LearningStep regularised = s_still with { SpikeCounts = new(new SpikeCountEquations(Target: 1, StrengthAbove: 1e-12f, StrengthBelow: 1e-12f)) };
            float[] counted = Gradient<Vector256Lane>(drawn, threads: 1, examples: examples, step: regularised).Gradient;
            Assert.IsLessThan(1e-5, Norm([.. one.Zip(counted, (a, b) => (double)(a - b))]) / (Norm(sum) + 1e-4), $"seed {seed}");
            CollectionAssert.AreEqual(counted, Gradient<Vector256Lane>(drawn, threads: 3, examples: examples, step: regularised).Gradient);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_AfterWarmUp_AllocatesNothing(bool recurrent)
    {
        var drawn = new ExactCase(3, recurrent);
        SpikeTrains trains = drawn.Trains();
        int[] examples = [.. Enumerable.Range(0, trains.Count)];
        Targets targets = Targets.OfClasses(drawn.Labels);
        using NetworkEngine engine = new ExactEngine<Vector256Lane>(drawn.Program, trains.Count, threads: 2);
        engine.SetWeights(drawn.Weights);
        float[] probabilities = new float[trains.Count * drawn.Classes];
        Step();
        Step();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            engine.Train(new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = examples }, s_still);
            engine.Score(trains, probabilities);
        }
    }

    /// <summary>What comes first in the batch must not be seen by what comes later, and weights scale the loss.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_ExamplesAlone_AddUpToTheBatch(bool recurrent)
    {
        foreach (int seed in Enumerable.Range(0, 40))
        {
            var drawn = new ExactCase(seed, recurrent);
            float[] weights = [.. drawn.Labels.Select((_, k) => 0.5f + k)];
            float[] whole = Gradient<Vector256Lane>(drawn, 1, weights).Gradient;
            double[] sum = new double[whole.Length];
            for (int example = 0; example < drawn.Inputs.Length; example++)
            {
                float[] alone = Gradient<Vector256Lane>(drawn, 1, weights, [example]).Gradient;
                for (int k = 0; k < sum.Length; k++)
                {
                    sum[k] += alone[k] / drawn.Inputs.Length;
                }
            }

            Assert.IsLessThan(1e-5, Norm([.. whole.Zip(sum, (a, b) => a - b)]) / (Norm(sum) + 1e-4), $"seed {seed}");
        }
    }

    /// <summary>Outputs thousands of time constants too late: the exponential of the late term is no number there, its tangent is.</summary>
    [TestMethod]
    public void Train_OutputsFarBelowTheirThreshold_GivesLossAndGradientOfTheOracle()
    {
        int compared = 0;
        foreach (int seed in Enumerable.Range(0, 200))
        {
            var drawn = new ExactCase(seed);
            if (drawn.Readout != Readout.FirstSpikeTime || drawn.Loss.LateStrength == 0)
            {
                continue;
            }

            foreach (ref float weight in drawn.Weights[drawn.Program.Output.Input.Index].AsSpan())
            {
                weight -= 1000;
            }

            if (drawn.IsOnAKnifeEdge())
            {
                continue;
            }

            (double[] expected, double loss) = OracleGradient(drawn);
            (float[] found, BatchResult result) = Gradient<Vector256Lane>(drawn, threads: 1);
            double error = Norm([.. expected.Zip(found, (e, f) => e - f)]) / Norm(expected);
            Assert.AreEqual(loss, result.Loss, 1e-5 * loss, $"seed {seed}");
            Assert.IsLessThan(2e-4, error, $"seed {seed}");
            compared++;
        }

        TestContext.WriteLine($"{compared} networks");
        Assert.IsGreaterThan(5, compared, "Too few networks were compared for the test to mean anything.");
    }

    [TestMethod]
    public void Train_SilentOutputs_ArePushedTowardsTheirThreshold()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output(Readout.FirstSpikeTime)), channels: 2, steps: 30, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        weights[0][0] = 0.1f;
        weights[0][1] = -0.5f;
        weights[0][3] = -0.5f;
        var builder = new SpikeTrainsBuilder(30, 2, isConstantCurrent: false, isSpikeTimes: true);
        builder.AddDense([2.5f, 7.25f]);
        SpikeTrains trains = builder.ToSpikeTrains();
        using NetworkEngine engine = new ExactEngine<Vector256Lane>(program, 1, threads: 1) { KeepGradient = true };
        engine.SetWeights(weights);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);

        BatchResult result = engine.Train(
            new TrainingBatch { Trains = trains, Targets = Targets.OfClasses([1]), ExampleWeights = null, Examples = [0] }, s_still);
        engine.GetGradient(gradient);

        // Output 0 came closer and is judged first; the label's output, never above rest, must still be pulled up.
        Assert.AreEqual(0, result.Correct);
        Assert.IsGreaterThan(0, gradient[0][0]);
        Assert.IsLessThan(-1e-3f, gradient[0][1]);
        Assert.IsLessThan(-1e-3f, gradient[0][3]);
    }

    /// <summary>Compares spikes and outputs of every example with the oracle.</summary>
    /// <returns>How many spikes hidden layers had, and the largest relative difference.</returns>
    internal static (int Spikes, double Worst) CompareSpikes(ExactCase drawn, string what)
    {
        int spikes = 0;
        double worst = 0;
        using var network = new ExactNetwork<Vector256Lane>(drawn.Program);
        network.Weights.Load(drawn.Weights);
        using ExactScratch scratch = network.CreateScratch();
        using ExactSlot slot = network.CreateSlot();
        ReferenceNetwork oracle = drawn.Oracle();
        for (int example = 0; example < drawn.Inputs.Length; example++)
        {
            ReferenceTrace trace = oracle.Forward(drawn.InputOf(example));
            network.Forward(drawn.Trains(), example, scratch, slot);
            for (int layer = 0; layer < drawn.Program.Hidden.Count; layer++)
            {
                EventTape tape = slot.Tapes[layer + 1];
                var found = Enumerable.Range(0, tape.Count).Select(k => TimeAndNeuron(tape, k)).ToArray();
                var expected = trace.Spikes(layer);
                CollectionAssert.AreEqual(expected.Select(e => e.Index).ToArray(), found.Select(s => s.Neuron).ToArray(), what);
                worst = expected.Zip(found, (e, s) => Math.Abs(s.Time / e.Time - 1)).Append(worst).Max();
                spikes += found.Length;
            }

            double scale = trace.Outputs.Max(Math.Abs) + 1e-2;
            worst = trace.Outputs.Zip(OutputsOf(drawn, slot), (e, y) => Math.Abs(e - y) / scale).Append(worst).Max();
        }

        return (spikes, worst);
    }

    private static (int Neuron, double Time) TimeAndNeuron(EventTape tape, int k)
    {
        unsafe
        {
            return (tape.Neuron[k], tape.Time[k]);
        }
    }

    internal static (float[] Gradient, BatchResult Result) Gradient<TLane>(
        ExactCase drawn, int threads, float[]? exampleWeights = null, int[]? examples = null, LearningStep? step = null)
        where TLane : struct, ISimdLane<TLane>
    {
        SpikeTrains trains = drawn.Trains();
        int batchSize = Math.Max(trains.Count, examples?.Length ?? 0);
        using NetworkEngine engine = new ExactEngine<TLane>(drawn.Program, batchSize, threads) { KeepGradient = true };
        engine.SetWeights(drawn.Weights);
        var batch = new TrainingBatch
        {
            Trains = trains,
            Targets = Targets.OfClasses(drawn.Labels),
            ExampleWeights = exampleWeights,
            Examples = examples ?? [.. Enumerable.Range(0, trains.Count)],
        };

        // The second time the memory holds what the first time left behind.
        engine.Train(batch, step ?? s_still);
        BatchResult result = engine.Train(batch, step ?? s_still);
        NetworkWeights gradient = NetworkWeights.ZerosFor(drawn.Program);
        engine.GetGradient(gradient);
        return ([.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])], result);
    }

    /// <summary>The oracle's loss, and its gradient for the derivative of the loss at the engine's outputs.</summary>
    /// <remarks>
    /// The sum of a membrane is a large number, and a softmax of it that is almost sure is a tiny one: its relative error is the
    /// absolute error of the sum. So the outputs are judged by the test above, and the gradient at the outputs that were found.
    /// </remarks>
    internal static (double[] Gradient, double Loss) OracleGradient(ExactCase drawn)
    {
        ReferenceNetwork oracle = drawn.Oracle();
        using var network = new ExactNetwork<Vector256Lane>(drawn.Program);
        network.Weights.Load(drawn.Weights);
        using ExactScratch scratch = network.CreateScratch();
        using ExactSlot slot = network.CreateSlot();
        double[]? sum = null;
        double loss = 0;
        for (int example = 0; example < drawn.Inputs.Length; example++)
        {
            ReferenceTrace trace = oracle.Forward(drawn.InputOf(example));
            loss += drawn.LossOf(trace.Outputs, drawn.Labels[example]);
            network.Forward(drawn.Trains(), example, scratch, slot);
            ReferenceGradient gradient = oracle.Gradient(trace, drawn.ErrorOf(OutputsOf(drawn, slot), drawn.Labels[example]));
            double[] flat = [.. gradient.Weights.Zip(gradient.RecurrentWeights)
                .SelectMany(pair => pair.First.Cast<double>().Concat(pair.Second?.Cast<double>() ?? [])).Select(g => g / drawn.Inputs.Length)];
            sum = sum == null ? flat : [.. sum.Zip(flat, (a, b) => a + b)];
        }

        return (sum!, loss);
    }

    private static double[] OutputsOf(ExactCase drawn, ExactSlot slot) => drawn.Readout == Readout.FirstSpikeTime
        ? slot.Moments.SpikeTimes.ToArray()
        : [.. slot.Readouts.ToArray().Select(y => (double)y)];

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(x => x * x));
}
