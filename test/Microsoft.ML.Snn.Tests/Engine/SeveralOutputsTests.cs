using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Outputs with targets, losses and weights of their own: together they learn what each learns alone.</summary>
[TestClass]
public sealed class SeveralOutputsTests
{
    private const int Steps = 25;
    private const int Channels = 12;
    private const int Examples = 7;

    private static readonly LearningStep s_still = new(new AdamEquations(1e-30, 0.9, 0.999, 1e-8, 1), default, grazingLimit: 1e-3f);

    // The first is not 1, so that its loss alone is not what it counts for.
    private static readonly double[] s_weights = [0.8, 0.3, 2.5];

    public static IEnumerable<object[]> Devices() => TestDevices.All.Select(device => new object[] { device });

    [TestMethod]
    public void Train_OutputsWithOwnTargets_GivesTheWeightedSumOfEachAlone()
    {
        (float[] together, BatchResult result) = Gradient(s_weights);
        double[] sum = new double[together.Length];
        double loss = 0, firstLoss = 0;
        for (int output = 0; output < s_weights.Length; output++)
        {
            double[] only = new double[s_weights.Length];
            only[output] = 1;
            (float[] alone, BatchResult own) = Gradient(only);
            Assert.IsGreaterThan(0.1, own.Loss, "An output without a loss proves nothing.");
            loss += s_weights[output] * own.Loss;
            firstLoss = output == 0 ? own.Loss : firstLoss;
            for (int k = 0; k < sum.Length; k++)
            {
                sum[k] += s_weights[output] * alone[k];
            }
        }

        Assert.AreEqual(loss, result.Loss, 1e-6 * loss);
        Assert.AreEqual(firstLoss, result.Loss - result.FurtherLoss, 1e-6 * loss, "The loss of the first output alone.");
        double norm = Math.Sqrt(sum.Sum(x => x * x));
        double error = Math.Sqrt(sum.Zip(together, (s, t) => (s - t) * (s - t)).Sum());
        Assert.IsLessThan(1e-5 * norm, error, $"{error} of {norm}");
    }

    /// <summary>Defect 7 of the reference system: every output was given the targets of all outputs.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Train_TargetsOfOneOutputChange_NoOtherOutputNotices(int changed)
    {
        // Without a hidden population nothing connects the outputs.
        (float[] before, _) = Gradient([1, 1, 1], changed: -1, hasHidden: false);
        (float[] after, _) = Gradient([1, 1, 1], changed, hasHidden: false);

        int next = 0;
        foreach (int output in Enumerable.Range(0, 3))
        {
            int length = Channels * (3 - output);
            bool isSame = before.AsSpan(next, length).SequenceEqual(after.AsSpan(next, length));
            Assert.AreEqual(output != changed, isSame, $"output {output}");
            next += length;
        }
    }

    [TestMethod]
    public void Score_SeveralOutputs_GivesTheScoresOfEach()
    {
        NetworkProgram program = Program([1, 1, 1], hasHidden: false);
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, Examples, threads: 2);
        NetworkWeights weights = Draw(program);
        engine.SetWeights(weights);
        float[] scores = new float[Examples * program.ScoresPerExample];

        engine.Score(Trains(), scores);

        Assert.AreEqual(6, program.ScoresPerExample);
        for (int output = 0, offset = 0; output < 3; output++)
        {
            // The same weights in a network of this output alone.
            Loss loss = ((Loss[])[Loss.SoftmaxCrossEntropy, Loss.MeanSquaredError, Loss.SigmoidCrossEntropy])[output];
            int units = program.Outputs[output].Units;
            NetworkProgram alone = NetworkProgram.Build(SnnNetwork.Sequential(Layer.Output()), Channels, Steps, 1, units, loss);
            NetworkWeights own = NetworkWeights.ZerosFor(alone);
            weights[output].CopyTo(own[0].AsSpan());
            using NetworkEngine single = EngineFactory.CreateForCpu(alone, Examples, threads: 1);
            single.SetWeights(own);
            float[] expected = new float[Examples * units];
            single.Score(Trains(), expected);
            for (int n = 0; n < expected.Length; n++)
            {
                Assert.AreEqual(expected[n], scores[n / units * 6 + offset + n % units], 1e-5);
            }

            offset += units;
        }
    }

    [TestMethod]
    [DynamicData(nameof(Devices))]
    public void TrainAndScore_OnAccelerator_EqualsCpu(string device)
    {
        NetworkProgram program = Program(s_weights, hasHidden: true);
        using NetworkEngine cpu = EngineFactory.CreateForCpu(program, Examples, threads: 1);
        using NetworkEngine accelerator = TestDevices.CreateEngine(device, program, Examples, spikesPerNeuron: 8);
        (float[] gradient, BatchResult result) = Gradient(cpu, program, changed: -1);
        (float[] otherGradient, BatchResult otherResult) = Gradient(accelerator, program, changed: -1);
        float[] scores = new float[Examples * program.ScoresPerExample], otherScores = new float[scores.Length];
        cpu.Score(Trains(), scores);
        accelerator.Score(Trains(), otherScores);

        Assert.AreEqual(result.Loss, otherResult.Loss, 1e-5 * result.Loss);
        Assert.AreEqual(result.FurtherLoss, otherResult.FurtherLoss, 1e-5 * result.Loss);
        Assert.AreEqual(result.Correct, otherResult.Correct);
        Assert.AreEqual(result.HiddenSpikes, otherResult.HiddenSpikes);
        double scale = gradient.Max(Math.Abs);
        for (int k = 0; k < gradient.Length; k++)
        {
            Assert.AreEqual(gradient[k], otherGradient[k], 2e-5 * scale, $"gradient {k}");
        }

        for (int k = 0; k < scores.Length; k++)
        {
            Assert.AreEqual(scores[k], otherScores[k], 1e-5 * Math.Max(1, Math.Abs(scores[k])), $"score {k}");
        }
    }

    [TestMethod]
    public void Train_TargetsThatDoNotFitAnOutput_NamesIt()
    {
        NetworkProgram program = Program([1, 1, 1], hasHidden: false);
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, Examples, threads: 1);

        var error = Assert.Throws<ArgumentException>(() => engine.Train(
            new TrainingBatch
            {
                Trains = Trains(),
                Targets = Targets.OfClasses(new int[Examples]),
                ExampleWeights = null,
                Examples = [0],
            },
            s_still));

        StringAssert.Contains(error.Message, "position");
    }

    private static (float[] Gradient, BatchResult Result) Gradient(double[] lossWeights, int changed = -1, bool hasHidden = true)
    {
        NetworkProgram program = Program(lossWeights, hasHidden);
        using NetworkEngine engine = EngineFactory.CreateForCpu(program, Examples, threads: 1);
        return Gradient(engine, program, changed);
    }

    private static (float[] Gradient, BatchResult Result) Gradient(NetworkEngine engine, NetworkProgram program, int changed)
    {
        engine.KeepGradient = true;
        engine.SetWeights(Draw(program));
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = Trains(),
                Targets = TargetsOf(changed),
                ExampleWeights = [.. Enumerable.Range(1, Examples).Select(n => 0.5f * n)],
                Examples = [.. Enumerable.Range(0, Examples)],
            },
            s_still);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        return ([.. Enumerable.Range(0, gradient.Count).SelectMany(c => gradient[c])], result);
    }

    private static NetworkProgram Program(double[] lossWeights, bool hasHidden)
    {
        SnnNetwork network = SnnNetwork.Graph(graph =>
        {
            GraphNode source = graph.Input();
            if (hasHidden)
            {
                GraphNode hidden = graph.Population("hidden", 20);
                graph.Connect(source, hidden);
                source = hidden;
            }

            graph.Connect(source, graph.Output("class", lossWeight: lossWeights[0]));
            graph.Connect(source, graph.Output("position", lossWeight: lossWeights[1]));
            graph.Connect(source, graph.Output("big", lossWeight: lossWeights[2]));
        });
        return NetworkProgram.Build(
            network, Channels, Steps, 1, outputs: 3,
            further: [new OutputNeed("position", 2, Loss.MeanSquaredError), new OutputNeed("big", 1, Loss.SigmoidCrossEntropy)]);
    }

    private static NetworkWeights Draw(NetworkProgram program)
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(program);
        var random = new Random(3);
        for (int c = 0; c < weights.Count; c++)
        {
            foreach (ref float weight in weights[c].AsSpan())
            {
                weight = (float)(1.6 * random.NextDouble() - 0.5);
            }
        }

        return weights;
    }

    private static Targets TargetsOf(int changed)
    {
        int[] classes = [.. Enumerable.Range(0, Examples).Select(n => (n + (changed == 0 ? 1 : 0)) % 3)];
        float[] positions = [.. Enumerable.Range(0, 2 * Examples).Select(n => 0.2f * n + (changed == 1 ? 1 : 0))];
        float[] big = [.. Enumerable.Range(0, Examples).Select(n => (n + (changed == 2 ? 1 : 0)) % 2f)];
        return Targets.OfClasses(classes).With(null, Targets.OfValues(positions, 2), Targets.OfValues(big, 1));
    }

    private static SpikeTrains Trains()
    {
        var random = new Random(9);
        var builder = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false);
        for (int example = 0; example < Examples; example++)
        {
            int[] slots = [.. Enumerable.Range(0, Steps * Channels).Where(_ => random.Next(8) == 0)];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        return builder.ToSpikeTrains();
    }
}
