using System;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>What becomes of feedback and firing rates over many updates of e-prop.</summary>
[TestClass]
public sealed class EPropLearningTests
{
    [TestMethod]
    public void Train_AdaptiveFeedback_BecomesLikeTheOutputWeights()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(30), Layer.Output()), channels: 20, steps: 30, timeStep: 1, outputs: 3);
        using var engine = new EventDrivenEProp<Vector512Lane>(
            program, new EPropSettings { Feedback = EPropFeedback.Adaptive, FeedbackDecay = 0.01 }, batchSize: 12, threads: 1);
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(60, 60, false), seed: 1));
        var random = new Random(4);
        var builder = new SpikeTrainsBuilder(30, 20, isConstantCurrent: false);
        for (int example = 0; example < 12; example++)
        {
            builder.AddDense([.. Enumerable.Range(0, 600).Select(_ => random.Next(10) == 0 ? 1f : 0)]);
        }

        SpikeTrains trains = builder.ToSpikeTrains();
        int[] examples = [.. Enumerable.Range(0, 12)];
        Targets targets = Targets.OfClasses([.. examples.Select(e => e % 3)]);
        double before = Cosine(engine.FeedbackOf(0), OutputWeights());
        for (int update = 1; update <= 400; update++)
        {
            engine.Train(
                new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = examples },
                new LearningStep(new AdamEquations(1e-2, 0.9, 0.999, 1e-8, update), default, 0));
        }

        Assert.IsLessThan(0.5, Math.Abs(before));
        Assert.IsGreaterThan(0.95, Cosine(engine.FeedbackOf(0), OutputWeights()));

        float[] OutputWeights()
        {
            NetworkWeights weights = NetworkWeights.ZerosFor(program);
            engine.GetWeights(weights);
            return weights[program.Output.Input.Index];
        }
    }

    /// <summary>Normal numbers of variance 1/neurons, other ones for every layer and seed.</summary>
    [TestMethod]
    public void DrawFeedback_AnyLayer_HasItsVarianceAndItsOwnNumbers()
    {
        const int Neurons = 400, Outputs = 25;
        float[][] drawn =
        [
            new EPropSettings { Seed = 1 }.DrawFeedback(0, Neurons, Outputs), new EPropSettings { Seed = 1 }.DrawFeedback(1, Neurons, Outputs),
            new EPropSettings { Seed = 2 }.DrawFeedback(0, Neurons, Outputs),
        ];
        for (int one = 0; one < drawn.Length; one++)
        {
            for (int other = 0; other <= one; other++)
            {
                double product = Neurons * drawn[one].Zip(drawn[other], (a, b) => (double)a * b).Average();
                Assert.AreEqual(one == other ? 1 : 0, product, 5 * Math.Sqrt(2.0 / (Neurons * Outputs)), $"{one} and {other}");
            }
        }
    }

    [TestMethod]
    [DataRow(20.0)]
    [DataRow(60.0)]
    public void Train_RatesAreRegularised_ReachTheTarget(double target)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(20), Layer.Output()), channels: 20, steps: 100, timeStep: 1, outputs: 2);
        using var engine = new EventDrivenEProp<Vector512Lane>(
            program, new EPropSettings { RateTarget = target, RateStrength = 1000, RateTime = 100 }, batchSize: 8, threads: 1);
        engine.SetWeights(NetworkWeights.Draw(program, new InputStatistics(200, 200, false), seed: 1));
        var random = new Random(4);
        var builder = new SpikeTrainsBuilder(100, 20, isConstantCurrent: false);
        for (int example = 0; example < 8; example++)
        {
            builder.AddDense([.. Enumerable.Range(0, 2000).Select(_ => random.Next(10) == 0 ? 1f : 0)]);
        }

        SpikeTrains trains = builder.ToSpikeTrains();
        int[] examples = [.. Enumerable.Range(0, 8)];
        Targets targets = Targets.OfClasses([0, 1, 0, 1, 0, 1, 0, 1]);
        double hertz = 0;
        for (int update = 1; update <= 400; update++)
        {
            BatchResult result = engine.Train(
                new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = examples },
                new LearningStep(new AdamEquations(3e-3, 0.9, 0.999, 1e-8, update), default, 0));
            hertz = result.HiddenSpikes / (8 * 20 * 0.1);
        }

        Assert.AreEqual(target, hertz, 0.25 * target);
    }

    [TestMethod]
    public void Create_SymmetricFeedbackToTwoLayers_SaysWhatToDo()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(3), Layer.Dense(3), Layer.Output()), channels: 2, steps: 10, timeStep: 1, outputs: 2);

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => EngineFactory.CreateEPropForCpu(program, new EPropSettings(), batchSize: 1, threads: 1));

        Assert.AreEqual(
            "Symmetric feedback needs every hidden layer to be connected to the output, but of 2 hidden layers only the last one is. "
            + "Set EProp.Feedback to EPropFeedback.Random or EPropFeedback.Adaptive, or use one recurrent hidden layer.",
            error.Message);
    }

    /// <summary>The loss is quadratic in the weights of the output, so that a central difference of any width is exact.</summary>
    [TestMethod]
    [DataRow(EPropMode.EventDriven, false)]
    [DataRow(EPropMode.Online, false)]
    [DataRow(EPropMode.EventDriven, true)]
    public void Train_SquaredErrorOfEveryStep_HasTheExactGradientForTheOutput(EPropMode mode, bool asGraph)
    {
        const float Width = 0.5f;
        NetworkProgram program = NumbersAtEveryStep();
        var settings = new EPropSettings { Mode = mode };
        using NetworkEngine engine = asGraph
            ? new GraphEngine<Vector512Lane>(program, batchSize: 2, threads: 1, settings)
            : EngineFactory.CreateEPropForCpu(program, settings, batchSize: 2, threads: 1);
        engine.KeepGradient = true;
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(60, 60, false), seed: 1);
        SpikeTrains trains = TwoTrains();
        Targets targets = Targets.OfValues([.. Enumerable.Range(0, 100).Select(n => MathF.Sin(0.2f * n))], width: 2, rows: 25);
        double LossAt(int weight, float shift)
        {
            NetworkWeights moved = weights.Clone();
            moved[1][weight] += shift;
            engine.SetWeights(moved);
            return LossOf(engine, trains, targets) / 2;
        }

        LossAt(0, 0);
        NetworkWeights gradient = NetworkWeights.ZerosFor(program);
        engine.GetGradient(gradient);
        Assert.IsTrue(gradient[0].Any(g => g != 0), "The hidden layer must learn, too.");
        Assert.IsGreaterThan(0.01, gradient[1].Max(Math.Abs));
        for (int weight = 0; weight < gradient[1].Length; weight++)
        {
            Assert.AreEqual((LossAt(weight, Width) - LossAt(weight, -Width)) / (2 * Width), gradient[1][weight], 1e-5);
        }
    }

    /// <summary>The loss of an example is the mean over the steps that have a target, as it is for EventProp.</summary>
    [TestMethod]
    [DataRow(EPropMode.EventDriven)]
    [DataRow(EPropMode.Online)]
    public void Train_StepsWithoutATarget_HaveNoPartInTheMean(EPropMode mode)
    {
        NetworkProgram program = NumbersAtEveryStep();
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(60, 60, false), seed: 1);
        using NetworkEngine engine = EngineFactory.CreateEPropForCpu(program, new EPropSettings { Mode = mode }, batchSize: 2, threads: 1);
        using NetworkEngine witness = EngineFactory.CreateForCpu(program, batchSize: 2, threads: 1);
        engine.SetWeights(weights);
        witness.SetWeights(weights);
        SpikeTrains trains = TwoTrains();

        // Two numbers a step; four steps of five have no target.
        Targets targets = Targets.OfValues(
            [.. Enumerable.Range(0, 100).Select(n => n / 2 % 5 == 4 ? MathF.Sin(0.2f * n) : float.NaN)], width: 2, rows: 25);

        double loss = LossOf(engine, trains, targets);

        Assert.IsGreaterThan(0.1, loss);
        Assert.AreEqual(LossOf(witness, trains, targets), loss, 1e-5 * loss);
    }

    private static NetworkProgram NumbersAtEveryStep() => NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(10), Layer.Output(Readout.MembraneAtEveryStep)), channels: 12, steps: 25, timeStep: 1, outputs: 2,
        Loss.MeanSquaredError);

    private static SpikeTrains TwoTrains()
    {
        var random = new Random(4);
        var builder = new SpikeTrainsBuilder(25, 12, isConstantCurrent: false);
        builder.AddDense([.. Enumerable.Range(0, 300).Select(_ => random.Next(4) == 0 ? 1f : 0)]);
        builder.AddDense([.. Enumerable.Range(0, 300).Select(_ => random.Next(4) == 0 ? 1f : 0)]);
        return builder.ToSpikeTrains();
    }

    private static double LossOf(NetworkEngine engine, SpikeTrains trains, Targets targets) => engine.Train(
        new TrainingBatch { Trains = trains, Targets = targets, ExampleWeights = null, Examples = [0, 1] },
        new LearningStep(new ParameterUpdates(UpdateEquations.None), default, 0)).Loss;

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
