using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The feedback of adaptive e-prop in single updates: what it forgets, how far it moves, and what a checkpoint keeps of it.</summary>
[TestClass]
public sealed class AdaptiveFeedbackTests
{
    private const int Examples = 6, Steps = 30, Channels = 20;

    private static readonly NetworkProgram s_program = NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(30), Layer.Output()), Channels, Steps, timeStep: 1, outputs: 3);

    private static readonly SpikeTrains s_trains = Draw();

    /// <summary>Both forget the same share, else they would not become alike.</summary>
    [TestMethod]
    public void Train_NoOptimizer_FeedbackAndOutputWeightsForgetTheirShare()
    {
        using EventDrivenEProp<Vector256Lane> engine = Engine(decay: 0.1);
        (float[] feedback, float[] output) = (engine.FeedbackOf(0), OutputWeights(engine));

        Train(engine, UpdateEquations.None);

        AssertScaled(0.9f, feedback, engine.FeedbackOf(0));
        AssertScaled(0.9f, output, OutputWeights(engine));
    }

    /// <summary>A gradient that is shortened to a quarter moves the feedback a quarter as far.</summary>
    [TestMethod]
    public void Train_Clipped_MovesTheFeedbackByAsMuchLess()
    {
        UpdateEquations descent = new(new MomentumEquations(0.1, 0, isNesterov: false, weightDecay: 0));
        using EventDrivenEProp<Vector256Lane> free = Engine(decay: 0), clipped = Engine(decay: 0);
        float[] before = free.FeedbackOf(0);
        CollectionAssert.AreEqual(before, clipped.FeedbackOf(0));

        double norm = Train(free, descent, maximumNorm: 1e6f).GradientNorm;
        Train(clipped, descent, maximumNorm: (float)norm / 4);

        double[] whole = Moves(free.FeedbackOf(0)), part = Moves(clipped.FeedbackOf(0));
        Assert.IsGreaterThan(1e-3, whole.Max(Math.Abs), "It must move for the test to mean anything.");
        for (int n = 0; n < whole.Length; n++)
        {
            Assert.AreEqual(whole[n] / 4, part[n], 1e-6);
        }

        double[] Moves(float[] after) => [.. after.Zip(before, (a, b) => (double)a - b)];
    }

    [TestMethod]
    public void LoadState_InTheMiddle_GoesOnWithTheSameFeedback()
    {
        using EventDrivenEProp<Vector256Lane> straight = Engine(decay: 0.01), resumed = Engine(decay: 0.01);
        using MemoryStream state = new();
        for (int update = 1; update <= 6; update++)
        {
            if (update == 4)
            {
                straight.SaveState(new BinaryWriter(state));
                state.Position = 0;
                resumed.LoadState(new BinaryReader(state));
            }

            UpdateEquations adam = new(new AdamEquations(1e-2, 0.9, 0.999, 1e-8, update));
            Train(straight, adam);
            if (update >= 4)
            {
                Train(resumed, adam);
            }
        }

        CollectionAssert.AreEqual(straight.FeedbackOf(0), resumed.FeedbackOf(0));
        CollectionAssert.AreEqual(OutputWeights(straight), OutputWeights(resumed));
    }

    private static EventDrivenEProp<Vector256Lane> Engine(double decay)
    {
        var engine = new EventDrivenEProp<Vector256Lane>(
            s_program, new EPropSettings { Feedback = EPropFeedback.Adaptive, FeedbackDecay = decay }, Examples, threads: 1);
        engine.SetWeights(NetworkWeights.Draw(s_program, new InputStatistics(60, 60, false), seed: 1));
        return engine;
    }

    private static BatchResult Train(NetworkEngine engine, UpdateEquations update, float maximumNorm = 0)
    {
        BatchResult result = engine.Train(
            new TrainingBatch
            {
                Trains = s_trains,
                Targets = Targets.OfClasses([.. Enumerable.Range(0, Examples).Select(n => n % 3)]),
                ExampleWeights = null,
                Examples = Enumerable.Range(0, Examples).ToArray(),
            },
            new LearningStep(new ParameterUpdates(update), default, 0, new ClippingEquations(maximumNorm)));
        Assert.IsGreaterThan(0L, result.HiddenSpikes, "A network without spikes proves nothing.");
        return result;
    }

    private static float[] OutputWeights(NetworkEngine engine)
    {
        NetworkWeights weights = NetworkWeights.ZerosFor(s_program);
        engine.GetWeights(weights);
        return weights[s_program.Output.Input.Index];
    }

    private static void AssertScaled(float factor, float[] before, float[] after)
    {
        for (int n = 0; n < before.Length; n++)
        {
            Assert.AreEqual(factor * before[n], after[n], 1e-6f);
        }
    }

    private static SpikeTrains Draw()
    {
        var random = new Random(4);
        var builder = new SpikeTrainsBuilder(Steps, Channels, isConstantCurrent: false);
        for (int example = 0; example < Examples; example++)
        {
            builder.AddDense([.. Enumerable.Range(0, Steps * Channels).Select(_ => random.Next(10) == 0 ? 1f : 0)]);
        }

        return builder.ToSpikeTrains();
    }
}
