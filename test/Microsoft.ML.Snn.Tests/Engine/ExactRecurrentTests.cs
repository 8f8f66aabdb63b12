using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.ML.Snn.Tests.Gradients;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Recurrent layers from event to event: gradients without anybody's adjoint, simultaneous spikes, networks without end, the limit of the grid.</summary>
[TestClass]
public sealed class ExactRecurrentTests
{
    private static readonly double[] s_timeSteps = [1.0 / 32, 1.0 / 64, 1.0 / 128, 1.0 / 256];

    public TestContext TestContext { get; set; } = null!;

    /// <summary>The rows of the table that these tests measure.</summary>
    public static IEnumerable<string> Rows() => [Row(false), Row(true)];

    /// <summary>Each connection's part of the gradient, in directions drawn at random and in its own, against differences of fourth order.</summary>
    [TestMethod]
    public void Train_RandomRecurrentNetworks_GivesTheDifferencesOfTheWitness()
    {
        int compared = 0, skipped = 0;
        double worst = 0;

        // In these draws a small part of a large gradient has lost most to rounding: 7e-7 of 0.3, and 1e-6 of 0.6.
        Compare(257646);
        Compare(996512);

        // In this one a maximum leaves a spike within the steps of the difference.
        Compare(820281);
        Gen.Int[0, 1_000_000].Sample(Compare, iter: 100, threads: 1);

        TestContext.WriteLine($"{compared} derivatives, {skipped} skipped, worst error {worst:E1} of the norm");
        Assert.IsGreaterThan(200, compared, "Too few derivatives were compared for the test to mean anything.");

        void Compare(int seed)
        {
            var drawn = new ExactCase(seed, recurrent: true);
            if (drawn.IsOnAKnifeEdge())
            {
                skipped++;
                return;
            }

            float[] gradient = ExactEngineTests.Gradient<Vector256Lane>(drawn, threads: 1).Gradient;
            var random = new Random(seed);
            double rounding = 5e-6 * Norm([.. gradient.Select(g => (double)g)]);
            int first = 0;
            foreach (ConnectionProgram connection in drawn.Program.Connections)
            {
                double[] own = [.. gradient.Skip(first).Take(connection.Rows * connection.Columns).Select(g => (double)g)];
                first += own.Length;
                double norm = Norm(own);

                // What a softmax leaves over when it is sure is lost in the rounding of a float.
                foreach (double[] direction in norm < 1e-3 ? [] : new[] { Unit(own), Unit(Draw()), Unit(Draw()) })
                {
                    if (Difference(drawn, connection, direction, kink: 1e-4 * norm) is not { } expected)
                    {
                        skipped++;
                        continue;
                    }

                    // What comes back is as large as the whole gradient before it cancels, and has the rounding of that.
                    double error = Math.Abs(own.Zip(direction, (g, d) => g * d).Sum() - expected);
                    Assert.IsLessThan(2e-4 * norm + rounding, error, $"seed {seed}, {connection.Name}, {drawn.Readout}, norm {norm:E2}");
                    worst = Math.Max(worst, error / norm);
                    compared++;
                }

                double[] Draw() => [.. own.Select(_ => random.NextDouble() - 0.5)];
            }
        }
    }

    /// <summary>A layer of the size that people train, with the weights that training leaves.</summary>
    [TestMethod]
    public void Train_SixtyNeuronsThatHaveLearned_GivesSpikesAndGradientOfTheOracle()
    {
        int compared = 0, spikes = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            var drawn = new ExactCase(seed, recurrent: true, units: 60);
            if (!Learn(drawn) || drawn.IsOnAKnifeEdge())
            {
                continue;
            }

            (int own, double difference) = ExactEngineTests.CompareSpikes(drawn, $"seed {seed}");
            double[] expected = ExactEngineTests.OracleGradient(drawn).Gradient;
            float[] found = ExactEngineTests.Gradient<Vector256Lane>(drawn, threads: 1).Gradient;
            double error = Norm([.. expected.Zip(found, (e, f) => e - f)]) / Norm(expected);
            TestContext.WriteLine($"seed {seed}: {own} spikes, off by {difference:E1}; gradient {Norm(expected):E1}, off by {error:E1}");
            Assert.IsLessThan(2e-5, difference, $"seed {seed}");
            Assert.IsLessThan(2e-4, error, $"seed {seed}");
            spikes += own;
            compared++;
        }

        Assert.IsGreaterThan(3, compared, "Too few networks were compared for the test to mean anything.");
        Assert.IsGreaterThan(200 * compared, spikes, "Too few spikes for the test to mean anything.");
    }

    /// <summary>Neurons in the same state spike at the same moment, and nobody can keep another from it: together they are one with all the weights.</summary>
    [TestMethod]
    [DataRow(-0.08f)]
    [DataRow(0.02f)]
    public void Forward_Twins_SpikeTogetherAsOneNeuronWould(float weight)
    {
        const int Twins = 19;
        using Trial trial = new(Recurrent(Twins), duration: 60, [1, 12.5f, 30], 8, weight);
        ReferenceNetwork one = Oracle(60, 8, weight * Twins);

        ReferenceTrace trace = one.Forward([new(1, 0), new(12.5, 0), new(30, 0)]);

        (int Neuron, double Time)[] found = trial.Spikes();
        Assert.HasCount(Twins * trace.Spikes(0).Count, found);
        Assert.IsGreaterThan(3, trace.Spikes(0).Count);
        for (int k = 0; k < found.Length; k++)
        {
            Assert.AreEqual(k % Twins, found[k].Neuron);
            Assert.AreEqual(found[k - k % Twins].Time, found[k].Time);
            Assert.AreEqual(trace.Spikes(0)[k / Twins].Time, found[k].Time, 1e-4);
        }
    }

    /// <summary>One spike of the input whose current lasts until long after exp(-t/τm) is 0, and no event from outside after it.</summary>
    [TestMethod]
    public void Forward_SpikesLongAfterTheLastArrival_GoOnToTheEndOfTheTrialAndNotBeyond()
    {
        // A power of two, so that the rounding of a current of single precision has no direction.
        const float Weight = -1f / 4096;
        const int Duration = 2200;
        using Trial trial = new(Recurrent(1, membraneTime: 1, synapseTime: 1000), Duration, [1], 20, Weight);

        (int Neuron, double Time)[] found = trial.Spikes();

        var expected = Oracle(Duration, 20, Weight, membraneTime: 1, synapseTime: 1000).Forward([new(1, 0)]).Spikes(0);
        Assert.IsGreaterThan(5000, expected.Count);
        Assert.IsInRange(expected.Count - 1, expected.Count + 1, found.Length);
        Assert.IsInRange(Duration - 5, Duration, found[^1].Time);

        // A current in single precision, whose error adds up over thousands of spikes.
        for (int k = 0; k < Math.Min(expected.Count, found.Length); k++)
        {
            Assert.AreEqual(expected[k].Time, found[k].Time, 3e-5 * (1 + expected[k].Time), $"spike {k}");
        }
    }

    [TestMethod]
    public void Forward_NeuronsThatExciteEachOtherWithoutEnd_SaysWhichLayer()
    {
        using Trial trial = new(Recurrent(6), duration: 100, [1], 5, 2);

        var error = Assert.Throws<InvalidOperationException>(() => trial.Spikes());

        StringAssert.Contains(error.Message, "'input to hidden 1'");
        StringAssert.Contains(error.Message, "1000000 times");
        StringAssert.Contains(error.Message, "lower the learning rate or the initial recurrent weights");
    }

    /// <summary>The grid's gradient, with and without regularisation of spike counts, comes closer in proportion to its step.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void GridEngine_HalvedTimeSteps_ApproachesTheEventDrivenOne(bool isRegularised)
    {
        const int Draws = 10;
        LearningStep step = new(
            new AdamEquations(1e-30, 0.9, 0.999, 1e-8, 1),
            isRegularised ? new SpikeCountEquations(Target: 1, StrengthAbove: 0.05f, StrengthBelow: 0.2f) : default, grazingLimit: 1e-6f);
        double[] logErrors = new double[s_timeSteps.Length];
        int used = 0;
        for (int seed = 0; seed < 300 && used < Draws; seed++)
        {
            var drawn = new ExactCase(seed, recurrent: true);
            if (drawn.Readout is Readout.FirstSpikeTime || drawn.IsOnAKnifeEdge())
            {
                continue;
            }

            (float[] expected, BatchResult exact) = Gradient(drawn, drawn.Program, step);
            double norm = Norm([.. expected.Select(g => (double)g)]);
            if (norm < 1e-3 || exact.HiddenSpikes < 4)
            {
                continue;
            }

            var errors = new List<double>();
            foreach (double timeStep in s_timeSteps)
            {
                NetworkProgram grid = NetworkProgram.Build(
                    drawn.Program.Description, drawn.Channels, (int)Math.Round(drawn.Duration / timeStep), timeStep, drawn.Classes);
                (float[] found, BatchResult result) = Gradient(drawn, grid, step);
                if (result.HiddenSpikes != exact.HiddenSpikes)
                {
                    break;
                }

                errors.Add(Norm([.. expected.Zip(found, (e, f) => (double)(e - f))]) / norm);
            }

            if (errors.Count == s_timeSteps.Length)
            {
                logErrors = [.. logErrors.Zip(errors, (sum, error) => sum + Math.Log(error) / Draws)];
                used++;
            }
        }

        Assert.AreEqual(Draws, used, "Too few draws whose spikes are the exact ones.");
        double order = (logErrors[0] - logErrors[^1]) / Math.Log(s_timeSteps[0] / s_timeSteps[^1]);
        TestContext.WriteLine($"order {order:F2}: {string.Join(' ', logErrors.Select(e => $"{Math.Exp(e):E1}"))}");
        Assert.IsInRange(0.75, 1.45, order);
        GradientTable.Check(GradientTable.EventSteps, Row(isRegularised), logErrors.Select(Math.Exp), order);
    }

    /// <summary>Trains on the batch of a case, and leaves in it what was learned.</summary>
    /// <returns>Whether the loss fell.</returns>
    private static bool Learn(ExactCase drawn)
    {
        using NetworkEngine engine = new ExactEngine<Vector256Lane>(drawn.Program, drawn.Inputs.Length, threads: 1);
        engine.SetWeights(drawn.Weights);
        var batch = new TrainingBatch
        {
            Trains = drawn.Trains(),
            Targets = Targets.OfClasses(drawn.Labels),
            ExampleWeights = null,
            Examples = [.. Enumerable.Range(0, drawn.Inputs.Length)],
        };
        double first = 0, last = 0;
        for (int update = 1; update <= 30; update++)
        {
            last = engine.Train(batch, new LearningStep(new ParameterUpdates(new Adam(0.01).AtUpdate(update)), default, 0.1f)).Loss;
            first = update == 1 ? last : first;
        }

        engine.GetWeights(drawn.Weights);
        return last < 0.9 * first;
    }

    private static string Row(bool isRegularised) => isRegularised ? "with spike-count regularisation" : "without regularisation";

    /// <summary>The gradient of a program for the inputs of a case, moved to the coarsest grid that is used.</summary>
    private static (float[] Gradient, BatchResult Result) Gradient(ExactCase drawn, NetworkProgram program, LearningStep step)
    {
        bool isGrid = program.Integrator == Integrator.Grid;
        var builder = new SpikeTrainsBuilder(program.Steps, program.Channels, isConstantCurrent: false, isSpikeTimes: !isGrid);
        foreach (float[] input in drawn.Inputs)
        {
            float[] times = [.. input.Select(time => (float)(Math.Round(time / s_timeSteps[0]) * s_timeSteps[0]))];
            if (isGrid)
            {
                int[] spikes = [.. times.Select((time, channel) => (time, channel)).Where(spike => !float.IsNaN(spike.time))
                    .Select(spike => (int)Math.Round(spike.time / program.TimeStep) * program.Channels + spike.channel).Order()];
                builder.Add(spikes, [.. spikes.Select(_ => 1f)]);
            }
            else
            {
                builder.AddDense(times);
            }
        }

        SpikeTrains trains = builder.ToSpikeTrains();
        using NetworkEngine engine = isGrid
            ? new GraphEngine<Vector256Lane>(program, trains.Count, threads: 1) { KeepGradient = true }
            : new ExactEngine<Vector256Lane>(program, trains.Count, threads: 1) { KeepGradient = true };
        engine.SetWeights(drawn.Weights);
        BatchResult result = engine.Train(
            new TrainingBatch { Trains = trains, Targets = Targets.OfClasses(drawn.Labels), ExampleWeights = null, Examples = [.. Enumerable.Range(0, trains.Count)] },
            step);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        return ([.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])], result);
    }

    /// <summary>The derivative of the mean loss in a direction of one connection's weights, or null where other events happen on the way, or the derivative jumps by more than <paramref name="kink"/>.</summary>
    private static double? Difference(ExactCase drawn, ConnectionProgram connection, double[] direction, double kink)
    {
        const double H = 2e-5;
        ReferenceTrace[] still = Run(0);
        double[] losses = new double[5];
        for (int step = -2; step <= 2; step++)
        {
            ReferenceTrace[] traces = Run(step * H);
            if (!traces.Zip(still, ExactCase.SameEvents).All(isSame => isSame))
            {
                return null;
            }

            losses[step + 2] = traces.Select((trace, example) => drawn.LossOf(trace.Outputs, drawn.Labels[example])).Average();
        }

        // Where a maximum leaves an event the loss has a kink. Then first differences of both widths do not agree, or second ones
        // do not shrink with the width.
        double near = (losses[3] - losses[1]) / (2 * H), far = (losses[4] - losses[0]) / (4 * H);
        double curve = 2 * (losses[3] + losses[1] - 2 * losses[2]) / H - (losses[4] + losses[0] - 2 * losses[2]) / (2 * H);
        return Math.Abs(near - far) + Math.Abs(curve) > kink ? null : (4 * near - far) / 3;

        ReferenceTrace[] Run(double distance)
        {
            double[]?[] moved = new double[drawn.Program.Connections.Count][];
            moved[connection.Index] = [.. direction.Select(d => d * distance)];
            ReferenceNetwork oracle = drawn.Oracle(moved: moved);
            return [.. Enumerable.Range(0, drawn.Inputs.Length).Select(example => oracle.Forward(drawn.InputOf(example)))];
        }
    }

    private static double[] Unit(double[] direction)
    {
        double norm = Norm(direction);
        return [.. direction.Select(x => x / norm)];
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(x => x * x));

    private static Layer Recurrent(int units, double membraneTime = 10, double synapseTime = 5) =>
        Layer.Dense(units, new LeakyIntegrateFire { MembraneTime = membraneTime, Reset = -0.1 }, new ExponentialSynapse(synapseTime), recurrent: true);

    private static ReferenceNetwork Oracle(double duration, double input, double recurrent, double membraneTime = 10, double synapseTime = 5) => new(
        [
            new ReferenceLayer
            {
                Weights = new[,] { { input } },
                RecurrentWeights = new[,] { { recurrent } },
                MembraneTime = membraneTime,
                SynapseTime = synapseTime,
                Reset = -0.1f,
            },
            new ReferenceLayer { Weights = new double[1, 2] },
        ],
        default, duration);

    /// <summary>One recurrent layer whose weights are all the same, and the spikes of one trial.</summary>
    private sealed class Trial : IDisposable
    {
        private readonly ExactNetwork<Vector256Lane> _network;
        private readonly ExactScratch _scratch;
        private readonly ExactSlot _slot;
        private readonly SpikeTrains _trains;

        public Trial(Layer layer, int duration, float[] inputTimes, float input, float recurrent)
        {
            NetworkProgram program = NetworkProgram.Build(
                SnnNetwork.Sequential(layer, Layer.Output()), inputTimes.Length, duration, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);
            NetworkWeights weights = NetworkWeights.ZerosFor(program);
            weights[0].AsSpan().Fill(input);
            weights[1].AsSpan().Fill(recurrent);
            _network = new ExactNetwork<Vector256Lane>(program);
            _network.Weights.Load(weights);
            (_scratch, _slot) = (_network.CreateScratch(), _network.CreateSlot());
            var builder = new SpikeTrainsBuilder(duration, inputTimes.Length, isConstantCurrent: false, isSpikeTimes: true);
            builder.AddDense(inputTimes);
            _trains = builder.ToSpikeTrains();
        }

        public unsafe (int Neuron, double Time)[] Spikes()
        {
            _network.Forward(_trains, 0, _scratch, _slot);
            EventTape tape = _slot.Tapes[1];
            var spikes = new (int, double)[tape.Count];
            for (int k = 0; k < spikes.Length; k++)
            {
                spikes[k] = (tape.Neuron[k], tape.Time[k]);
            }

            return spikes;
        }

        public void Dispose()
        {
            _slot.Dispose();
            _scratch.Dispose();
            _network.Dispose();
        }
    }
}
