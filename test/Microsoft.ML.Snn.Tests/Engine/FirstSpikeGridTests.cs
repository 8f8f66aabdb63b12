using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>First-spike losses on the grid: against the network without a time step, and against plain loops on the same grid.</summary>
[TestClass]
public sealed class FirstSpikeGridTests
{
    private const double Distance = 1e-6;

    private static readonly LearningStep s_still = new(new AdamEquations(1e-30, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 1e-6f);

    private static readonly double[] s_timeSteps = [1 / 16.0, 1 / 32.0, 1 / 64.0, 1 / 128.0];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Train_HalvedTimeSteps_ApproachesLossAndGradientOfTheOracleInFirstOrder(bool isRelative)
    {
        const int Draws = 12;
        double[] ofLoss = new double[s_timeSteps.Length], ofGradient = new double[s_timeSteps.Length];
        int used = 0;
        for (int seed = 0; seed < 2000 && used < Draws; seed++)
        {
            var drawn = new ExactCase(seed);
            if (drawn.Readout != Readout.FirstSpikeTime || (drawn.Loss.Delay > 0) != isRelative || drawn.Program.Hidden.Count == 0
                || Errors(drawn) is not { } errors)
            {
                continue;
            }

            used++;
            for (int n = 0; n < s_timeSteps.Length; n++)
            {
                ofLoss[n] += Math.Log(errors[n].Loss) / Draws;
                ofGradient[n] += Math.Log(errors[n].Gradient) / Draws;
            }
        }

        Assert.AreEqual(Draws, used, "Too few draws whose spikes are the exact ones.");
        AssertFirstOrder("loss", ofLoss);
        AssertFirstOrder("gradient", ofGradient);
    }

    /// <summary>The interpolated time has an exact derivative: without hidden spikes there is nothing that a grid rounds.</summary>
    /// <param name="isRelative">Whether the loss is the relative mean square error.</param>
    /// <param name="silencing">Added to the weights of two outputs: far below their threshold the late term goes on as its tangent.</param>
    [TestMethod]
    [DataRow(false, 0)]
    [DataRow(true, 0)]
    [DataRow(false, -10_000)]
    public void Train_OutputsAlone_GivesLossAndDerivativesOfPlainLoops(bool isRelative, int silencing)
    {
        int spiked = 0, silent = 0;
        foreach (int seed in Enumerable.Range(0, 60))
        {
            var loops = new PlainLoops(seed, isRelative, silencing);
            double loss = loops.Loss(loops.Parameters);
            (double engineLoss, double[] gradient) = loops.Engine();
            Assert.AreEqual(loss, engineLoss, 2e-5 * (1 + loss), $"seed {seed}");
            double[] expected = [.. Enumerable.Range(0, loops.Parameters.Length).Select(p => (Moved(p, Distance) - Moved(p, -Distance)) / (2 * Distance))];
            double norm = Math.Sqrt(expected.Sum(e => e * e));
            double error = Math.Sqrt(expected.Zip(gradient, (e, g) => (e - g) * (e - g)).Sum());
            Assert.IsLessThan(1e-3 * norm + 1e-5, error, $"seed {seed}: {error} of {norm}");
            spiked += loops.Times.Count(t => t <= PlainLoops.Duration);
            silent += loops.Times.Count(t => t > PlainLoops.Duration);

            double Moved(int parameter, double by)
            {
                double[] moved = [.. loops.Parameters];
                moved[parameter] += by;
                return loops.Loss(moved);
            }
        }

        Assert.IsGreaterThan(silencing == 0 ? 40 : 20, spiked, "Too few outputs spiked for the test to mean anything.");
        Assert.IsGreaterThan(40, silent, "Too few outputs stayed silent for the test to mean anything.");
    }

    [TestMethod]
    public void Score_SilentAndSpikingOutputs_GivesProbabilitiesOfTheirTimes()
    {
        var loops = new PlainLoops(seed: 4, isRelative: false);
        loops.Loss(loops.Parameters);
        using NetworkEngine engine = loops.CreateEngine();
        float[] scores = new float[PlainLoops.Outputs];

        engine.Score(loops.Trains, scores);

        double[] expected = [.. loops.Times.Select(t => Math.Exp(-t / PlainLoops.Temperature))];
        for (int k = 0; k < scores.Length; k++)
        {
            Assert.AreEqual(expected[k] / expected.Sum(), scores[k], 1e-4);
        }
    }

    /// <summary>Relative errors at each time step, or null where a grid does not have the events of the exact network.</summary>
    private static (double Loss, double Gradient)[]? Errors(ExactCase drawn)
    {
        foreach (float[] times in drawn.Inputs)
        {
            for (int channel = 0; channel < times.Length; channel++)
            {
                // The input itself must not be rounded: what is measured is the rounding of hidden spikes.
                times[channel] = MathF.Round(times[channel]);
            }
        }

        if (drawn.IsOnAKnifeEdge())
        {
            return null;
        }

        ReferenceNetwork oracle = drawn.Oracle();
        double[]? gradient = null;
        double loss = 0;
        int spikes = 0;
        for (int example = 0; example < drawn.Inputs.Length; example++)
        {
            ReferenceTrace trace = oracle.Forward(drawn.InputOf(example));
            spikes += Enumerable.Range(0, drawn.Program.Hidden.Count).Sum(layer => trace.Spikes(layer).Count);
            loss += drawn.LossOf(trace.Outputs, drawn.Labels[example]);
            double[] own = [.. oracle.Gradient(trace, drawn.ErrorOf(trace.Outputs, drawn.Labels[example])).Weights.SelectMany(w => w.Cast<double>())];
            gradient = gradient == null ? own : [.. gradient.Zip(own, (a, b) => a + b)];
        }

        double norm = Norm(gradient!);
        if (norm < 1e-2 || loss < 1e-3 || spikes < 5)
        {
            return null;
        }

        var errors = new (double, double)[s_timeSteps.Length];
        for (int n = 0; n < errors.Length; n++)
        {
            (double found, long hidden, double[] actual) = OnGrid(drawn, s_timeSteps[n]);
            if (hidden != spikes)
            {
                return null;
            }

            errors[n] = (Math.Abs(found / loss - 1), Norm([.. gradient!.Zip(actual, (e, a) => e - a)]) / norm);
        }

        return errors;
    }

    private static (double Loss, long Spikes, double[] Gradient) OnGrid(ExactCase drawn, double timeStep)
    {
        int steps = (int)Math.Round(drawn.Duration / timeStep);
        NetworkProgram program = NetworkProgram.Build(drawn.Program.Description, drawn.Channels, steps, timeStep, drawn.Classes);
        var builder = new SpikeTrainsBuilder(steps, drawn.Channels, isConstantCurrent: false);
        foreach (float[] times in drawn.Inputs)
        {
            int[] slots = [.. times.Select((time, channel) => (time, channel)).Where(s => !float.IsNaN(s.time))
                .Select(s => (int)Math.Round(s.time / timeStep) * drawn.Channels + s.channel).Order()];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        using NetworkEngine engine = EngineFactory.CreateForCpu(program, drawn.Inputs.Length, threads: 1);
        engine.KeepGradient = true;
        engine.SetWeights(drawn.Weights);
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = builder.ToSpikeTrains(),
                Targets = Targets.OfClasses(drawn.Labels),
                ExampleWeights = null,
                Examples = [.. Enumerable.Range(0, drawn.Inputs.Length)],
            },
            s_still);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        return (result.Loss, result.HiddenSpikes,
            [.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c]).Select(g => (double)g * drawn.Inputs.Length)]);
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(x => x * x));

    private void AssertFirstOrder(string what, double[] logErrors)
    {
        double order = (logErrors[0] - logErrors[^1]) / Math.Log(s_timeSteps[0] / s_timeSteps[^1]);
        TestContext.WriteLine($"{what}: order {order:F2}: {string.Join(' ', logErrors.Select(e => $"{Math.Exp(e):E1}"))}");
        Assert.IsInRange(0.7, 1.5, order, what);
    }

    /// <summary>One layer of outputs that learn weights, bias and time constant, as loops in double precision.</summary>
    private sealed class PlainLoops
    {
        public const int Outputs = 3;
        public const double Temperature = 4;
        public const double Duration = Steps * TimeStep;

        private const int Channels = 4;
        private const int Steps = 60;
        private const double TimeStep = 0.5;
        private const double SynapseTime = 5;

        private readonly NetworkProgram _program;
        private readonly List<(int Step, int Channel)> _input = [];
        private readonly int _label;
        private readonly bool _isRelative;

        public PlainLoops(int seed, bool isRelative, int silencing = 0)
        {
            var random = new Random(seed);
            (_label, _isRelative) = (random.Next(Outputs), isRelative);
            _program = NetworkProgram.Build(
                SnnNetwork.Sequential(Layer.Output(
                    Readout.FirstSpikeTime,
                    new LeakyIntegrator { Learned = LearnedParameters.Bias | LearnedParameters.MembraneTime },
                    new ExponentialSynapse(SynapseTime),
                    firstSpike: isRelative
                        ? FirstSpikeLoss.RelativeMeanSquareError(3, Temperature)
                        : FirstSpikeLoss.CrossEntropy(Temperature, lateStrength: 0.05, lateTime: 20))),
                Channels, Steps, TimeStep, Outputs);
            for (int k = 0; k < 10; k++)
            {
                _input.Add((random.Next(Steps * 3 / 4), random.Next(Channels)));
            }

            _input = [.. _input.Distinct().Order()];
            var builder = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false);
            builder.Add([.. _input.Select(s => s.Step * Channels + s.Channel)], [.. _input.Select(_ => 1f)]);
            Trains = builder.ToSpikeTrains();
            Parameters =
            [
                .. Enumerable.Range(0, Channels * Outputs).Select(n => (double)(float)(4 * random.NextDouble() - 1 + (n % Outputs == 0 ? 0 : silencing))),
                .. Enumerable.Range(0, Outputs).Select(_ => (double)(float)(0.4 * random.NextDouble() - 0.2)),
                .. Enumerable.Range(0, Outputs).Select(_ => (double)(float)(15 + 10 * random.NextDouble())),
            ];
        }

        public SpikeTrains Trains { get; }

        /// <summary>Weights [channel, output], then biases, then membrane time constants.</summary>
        public double[] Parameters { get; }

        public double[] Times { get; private set; } = [];

        public double Loss(double[] parameters)
        {
            Times = [.. Enumerable.Range(0, Outputs).Select(k => TimeOf(k, parameters))];
            double[] t = Times;
            return _isRelative
                ? Enumerable.Range(0, Outputs).Where(k => k != _label).Sum(k => Math.Pow(t[k] - t[_label] - 3, 2)) / (2 * (Outputs - 1))
                : SoftmaxCrossEntropy.Loss([.. t.Select(x => -x / Temperature)], _label)
                    + 0.05 * (Math.Exp(Math.Min(t[_label], Duration) / 20) * (1 + Math.Max(0, t[_label] - Duration) / 20) - 1);
        }

        public NetworkEngine CreateEngine()
        {
            NetworkEngine engine = EngineFactory.CreateForCpu(_program, 1, threads: 1);
            engine.KeepGradient = true;
            NetworkWeights weights = NetworkWeights.ZerosFor(_program);
            int next = 0;
            for (int p = 0; p < weights.Count; p++)
            {
                for (int n = 0; n < weights[p].Length; n++)
                {
                    weights[p][n] = (float)Parameters[next++];
                }
            }

            engine.SetWeights(weights);
            return engine;
        }

        public (double Loss, double[] Gradient) Engine()
        {
            using NetworkEngine engine = CreateEngine();
            var batch = new TrainingBatch { Trains = Trains, Targets = Targets.OfClasses([_label]), ExampleWeights = null, Examples = [0] };

            // The second time the memory holds what the first time left behind.
            engine.Train(batch, s_still);
            double loss = engine.Train(batch, s_still).Loss;
            NetworkWeights gradient = NetworkWeights.ZerosFor(_program);
            engine.GetGradient(gradient);
            return (loss, [.. Enumerable.Range(0, gradient.Count).SelectMany(p => gradient[p]).Select(g => (double)g)]);
        }

        private double TimeOf(int output, double[] parameters)
        {
            double bias = parameters[Channels * Outputs + output], membraneTime = parameters[(Channels + 1) * Outputs + output];
            double alpha = Math.Exp(-TimeStep / membraneTime), beta = Math.Exp(-TimeStep / SynapseTime);
            double kappa = SynapseTime / (membraneTime - SynapseTime) * (alpha - beta);
            double v = 0, i = 0, maximum = double.NegativeInfinity;
            for (int step = 0; step < Steps; step++)
            {
                i += _input.Where(s => s.Step == step).Sum(s => parameters[s.Channel * Outputs + output]);
                double before = v;
                v = alpha * v + kappa * i + (1 - alpha) * bias;
                i *= beta;
                if (v >= 1)
                {
                    return (step + (1 - before) / (v - before)) * TimeStep;
                }

                maximum = Math.Max(maximum, v);
            }

            return Duration + membraneTime * (1 - (maximum > 0 ? maximum : v));
        }
    }
}
