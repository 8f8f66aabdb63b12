using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

[TestClass]
public sealed class TrainingRunTests
{
    private const int Examples = 10;
    private const int Neurons = 4;

    private static readonly NetworkProgram s_program = NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(Neurons), Layer.Output()), channels: 1, steps: 2, timeStep: 1, outputs: 2);

    private static readonly TrainingSettings s_settings = new()
    {
        Algorithm = new EventProp(),
        Optimizer = new Adam(0.25),
        NumberOfEpochs = 3,
        BatchSize = 4,
        Shuffle = true,
        Seed = 1,
    };

    [TestMethod]
    public void Run_EveryEpoch_UsesEveryExampleOnceAndTheSmallerLastBatch()
    {
        using RecordingEngine engine = new();

        Run(engine, s_settings);

        CollectionAssert.AreEqual(new[] { 4, 4, 2, 4, 4, 2, 4, 4, 2 }, engine.Batches.Select(b => b.Length).ToArray());
        foreach (int[][] epoch in engine.Batches.Chunk(3))
        {
            CollectionAssert.AreEquivalent(Enumerable.Range(0, Examples).ToArray(), epoch.SelectMany(b => b).ToArray());
        }

        CollectionAssert.AreEqual(
            Enumerable.Range(1, 9).Select(n => new Adam(0.25).AtUpdate(n)).ToArray(), engine.Updates, "Updates count on over the epochs.");
    }

    [TestMethod]
    public void Run_Order_IsAFunctionOfSeedAndEpochAlone()
    {
        int[] order = OrderOf(s_settings);

        CollectionAssert.AreEqual(order, OrderOf(s_settings));
        CollectionAssert.AreEqual(order, OrderOf(s_settings with { BatchSize = 3 }));
        CollectionAssert.AreEqual(order[..20], OrderOf(s_settings with { NumberOfEpochs = 2 }));
        CollectionAssert.AreEqual(order, OrderOf(s_settings, Data(Examples)), "Validation draws no random number.");
        CollectionAssert.AreNotEqual(order, OrderOf(s_settings with { Seed = 2 }));
        CollectionAssert.AreNotEqual(order[..10], order[10..20], "Each epoch has its own order.");
        CollectionAssert.AreEqual(
            Enumerable.Range(0, 30).Select(n => n % Examples).ToArray(), OrderOf(s_settings with { Shuffle = false }));
    }

    [TestMethod]
    public void Run_Validation_KeepsTheBestEpochAndStopsAfterPatience()
    {
        double[] losses = [0.9, 0.5, 0.7, 0.6, 0.1];
        using RecordingEngine engine = new() { ScoredLoss = n => losses[n - 1] };
        NetworkWeights weights = NetworkWeights.ZerosFor(s_program);

        TrainingHistory history = Run(engine, s_settings with { NumberOfEpochs = 5, Callbacks = [new EarlyStopping(2)] }, Data(Examples), weights);

        Assert.AreEqual(StopReason.EarlyStopping, history.StopReason);
        Assert.HasCount(4, history.Epochs);
        Assert.AreEqual(2, history.BestEpoch);
        Assert.AreEqual(6, weights[0][0], "The weights after the six batches of two epochs.");
        for (int n = 0; n < 4; n++)
        {
            Assert.AreEqual(losses[n], history.Epochs[n].ValidationLoss!.Value, 1e-6);
        }
    }

    [TestMethod]
    public void Run_Cancelled_EndsBeforeTheNextBatchWithTheBestSoFar()
    {
        using CancellationTokenSource source = new();
        using RecordingEngine engine = new();
        engine.Result = batch =>
        {
            if (batch == 5)
            {
                source.Cancel();
            }

            return new BatchResult(1, 1, 10, 0);
        };
        List<string> warnings = [];
        TrainingSettings settings = s_settings with { CancellationToken = source.Token, Warn = warnings.Add };
        NetworkWeights weights = NetworkWeights.ZerosFor(s_program);

        TrainingHistory history = Run(engine, settings, Data(Examples), weights);

        Assert.HasCount(5, engine.Batches);
        Assert.IsTrue(history.WasCancelled);
        Assert.AreEqual(1, history.BestEpoch);
        Assert.AreEqual(3, weights[0][0], "The weights of the one complete epoch.");
        Assert.AreEqual("Training was cancelled in epoch 2 of 3; the model is the best so far.", warnings.Single());
    }

    [TestMethod]
    public void Run_CancelledBeforeItBegan_LeavesTheInitialWeights()
    {
        using RecordingEngine engine = new();
        NetworkWeights weights = NetworkWeights.ZerosFor(s_program);
        weights[0][0] = 7;

        TrainingHistory history = Run(engine, s_settings with { CancellationToken = new CancellationToken(canceled: true) }, null, weights);

        Assert.IsEmpty(engine.Batches);
        Assert.IsEmpty(history.Epochs);
        Assert.AreEqual(0, history.BestEpoch);
        Assert.AreEqual(7, weights[0][0]);
    }

    [TestMethod]
    public void Run_CheckAliveThrows_AbandonsTheTraining()
    {
        using RecordingEngine engine = new();
        TrainingSettings settings = s_settings with
        {
            CheckAlive = () =>
            {
                if (engine.Batches.Count == 2)
                {
                    throw new OperationCanceledException();
                }
            },
        };

        Assert.ThrowsExactly<OperationCanceledException>(() => Run(engine, settings));

        Assert.HasCount(2, engine.Batches);
    }

    [TestMethod]
    public void Run_LossNotANumber_NamesEpochBatchAndWhatToChange()
    {
        using RecordingEngine engine = new() { Result = batch => new BatchResult(batch == 5 ? double.NaN : 1, 0, 1, 0) };

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Run(engine, s_settings));

        Assert.AreEqual(
            "Training diverged: the loss of batch 2 is not a finite number in epoch 2. Lower the learning rate (now Adam { LearningRate = 0.25, Schedule = Constant, "
            + "Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1E-08 }), raise EventProp.GrazingLimit (now 0.1), or scale the features down.",
            error.Message);
    }

    [TestMethod]
    public void Run_WeightNotANumber_IsNoModel()
    {
        using RecordingEngine engine = new();
        NetworkWeights weights = NetworkWeights.ZerosFor(s_program);
        weights[0][0] = float.PositiveInfinity;

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Run(engine, s_settings, null, weights));

        StringAssert.StartsWith(error.Message, "Training diverged: a weight is not a finite number in epoch 4. ", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Run_SilentNeurons_WarnsFromMoreThanHalfAndFailsOnlyAtTheStart()
    {
        int[] silentInEpoch = [2, 3, 4];
        List<string> warnings = [];
        using RecordingEngine engine = new() { Spikes = (epoch, neuron) => neuron < silentInEpoch[epoch] ? 0 : 5 };

        TrainingHistory history = Run(engine, s_settings with { Warn = warnings.Add });

        CollectionAssert.AreEqual(silentInEpoch, history.Epochs.Select(e => e.SilentNeurons).ToArray());
        CollectionAssert.AreEqual(
            new[]
            {
                "3 of 4 hidden neurons were silent in all of epoch 2 and cannot learn. Raise the initial weights, lower the learning rate, or use fewer neurons.",
                "No hidden neuron spiked in epoch 3, so that nothing can be learned. Raise the weights (Weights.Balanced fits them to the data), "
                    + "lower the threshold, give the input more spikes or the trial more time steps.",
            },
            warnings);
    }

    [TestMethod]
    public void Run_NoSpikesInTheFirstEpochAndRegularisation_NamesItToo()
    {
        using RecordingEngine engine = new() { Spikes = (_, _) => 0 };

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => Run(engine, s_settings with { Algorithm = new EventProp { SpikeCountStrength = 1 } }));

        StringAssert.EndsWith(
            error.Message, "give the input more spikes or the trial more time steps, or lower EventProp.SpikeCountStrength.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Run_ExampleWeights_GiveTheWeightedMeanLoss()
    {
        using RecordingEngine engine = new() { Result = _ => new BatchResult(6, 1, 10, 5) };
        TrainingData data = Data(Examples) with { Weights = [0, 0, 0, 0, 2, 2, 2, 2, 0, 4] };
        List<TrainingProgress> reports = [];

        TrainingHistory history = Run(
            engine, s_settings with { Shuffle = false, NumberOfEpochs = 1, Progress = new Reports(reports.Add) }, null, null, data);

        // Three batches of loss 6; the weights are 12 in all, and 0 in the first batch.
        Assert.AreEqual(18.0 / 12, history.Epochs[0].Loss, 1e-12);
        Assert.AreEqual(0, reports[0].Loss);
        Assert.AreEqual(0.3, history.Epochs[0].Accuracy!.Value, 1e-12);
        Assert.AreEqual(30.0 / Examples / Neurons, history.Epochs[0].SpikesPerNeuron, 1e-12);
        Assert.AreEqual(0.5, history.Epochs[0].GrazingSpikes, 1e-12);
    }

    [TestMethod]
    public void MeanSpikeCounts_LastEpoch_ArePerTrial()
    {
        using RecordingEngine engine = new() { Spikes = (epoch, neuron) => (epoch + 1) * 10 * neuron };
        var run = new TrainingRun(s_program, engine, Data(Examples), null, s_settings);

        run.Run(NetworkWeights.ZerosFor(s_program));

        CollectionAssert.AreEqual(new float[] { 0, 3, 6, 9 }, run.MeanSpikeCounts().Single());
    }

    [TestMethod]
    public void Run_SlowBatches_ReportsInOrderAndNotTooOften()
    {
        List<TrainingProgress> reports = [];
        using RecordingEngine engine = new()
        {
            Result = _ =>
            {
                Thread.Sleep(2);
                return new BatchResult(1, 1, 10, 0);
            },
        };

        Run(engine, s_settings with { BatchSize = 1, Progress = new Reports(reports.Add) });

        int[] places = [.. reports.Select(r => (r.Epoch - 1) * Examples + r.Batch)];
        CollectionAssert.AreEqual(places.Order().ToArray(), places);
        Assert.AreEqual(1, places[0], "The first batch is reported at once.");
        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, reports.Where(r => r.CompletedEpoch != null).Select(r => r.CompletedEpoch!.Epoch).ToArray());
        Assert.IsGreaterThan(TimeSpan.Zero, reports[0].TimeLeft);
        Assert.AreEqual(TimeSpan.Zero, reports[^1].TimeLeft);

        // 30 batches of 2 ms: about one report in 50 ms and one per epoch, unless the machine stood still.
        Assert.IsLessThan(20, reports.Count);
    }

    private static int[] OrderOf(TrainingSettings settings, TrainingData? validation = null)
    {
        using RecordingEngine engine = new();
        Run(engine, settings, validation);
        return [.. engine.Batches.SelectMany(b => b)];
    }

    private static TrainingHistory Run(
        RecordingEngine engine, TrainingSettings settings, TrainingData? validation = null, NetworkWeights? weights = null, TrainingData? data = null) =>
        new TrainingRun(s_program, engine, data ?? Data(Examples), validation, settings).Run(weights ?? NetworkWeights.ZerosFor(s_program));

    private static TrainingData Data(int count)
    {
        var builder = new SpikeTrainsBuilder(steps: 2, channels: 1, isConstantCurrent: false);
        for (int n = 0; n < count; n++)
        {
            builder.Add([0], [1f]);
        }

        return new TrainingData(builder.ToSpikeTrains(), Targets.OfClasses(new int[count]), null);
    }

    private sealed class Reports(Action<TrainingProgress> act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act(value);
    }
}
