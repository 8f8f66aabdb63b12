using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>A training that goes on from a checkpoint is the training that was never stopped.</summary>
[TestClass]
public sealed class CheckpointRunTests
{
    private const int Examples = 23;
    private const int BatchSize = 4;
    private const int Epochs = 4;

    private static readonly NetworkProgram s_program = NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(9, recurrent: true, weights: Weights.Normal(0.5, 0.4)), Layer.Output()), 12, 15, 1, 3);

    private static readonly TrainingData s_data = Draw(1), s_validation = Draw(2);

    private static readonly TrainingSettings s_settings = new()
    {
        Algorithm = new EventProp { SpikeCountTarget = 2, SpikeCountStrength = 1e-4 },
        Optimizer = new Adam(0.02) { Schedule = LearningRateSchedule.WarmUp(1.3).Times(LearningRateSchedule.ReduceOnPlateau(1)) },
        OptimizerGroups = [new OptimizerGroup(new Sgd(0.1), "hidden 1 to output")],
        MaximumGradientNorm = 0.05,
        Augmentations = [Augmentation.DropSpikes(0.2), Augmentation.BlendWithSameClass()],
        SilentNeuronRevival = 0.05,
        NumberOfEpochs = Epochs,
        BatchSize = BatchSize,
        Shuffle = true,
        Seed = 5,
    };

    [TestMethod]
    public void Run_StoppedAtEveryBatchAndResumed_HasTheBitsOfOneRun()
    {
        (float[] expected, TrainingHistory history) = Train(s_settings, s_validation);
        using TemporaryFolder folder = new();
        TrainingHistory? last = null;
        float[] found = [];
        int runs = 0;
        while (last?.StopReason != StopReason.LastEpoch)
        {
            // Each run trains on one batch and is told to stop.
            TrainingSettings one = s_settings with { Callbacks = [new StopAfter(1), Checkpoint(folder)] };
            (found, last) = Train(one, s_validation);
            runs++;
        }

        Assert.IsGreaterThanOrEqualTo(6 * Epochs, runs);
        CollectionAssert.AreEqual(expected, found);
        CollectionAssert.AreEqual(
            history.Epochs.Select(e => e with { Seconds = 0 }).ToArray(), last.Epochs.Select(e => e with { Seconds = 0 }).ToArray());
        Assert.AreEqual(history.BestEpoch, last.BestEpoch);
        Assert.IsGreaterThan(0, history.Epochs.Max(e => e.ClippedBatches), "The case must be one with clipping.");
        Assert.IsGreaterThan(1, history.Epochs.Select(e => e.LearningRate).Distinct().Count(), "And with a schedule.");
    }

    /// <summary>Where synapses lead now, and the seeds of where they will, belong to a checkpoint too.</summary>
    [TestMethod]
    public void Run_RewiredByEPropStoppedAtEveryBatchAndResumed_HasTheBitsOfOneRun()
    {
        Connectivity rewired = Connectivity.Sparse(0.4, rewiring: new DeepRewiring(0.01, 0.05));
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Graph(graph =>
            {
                GraphNode input = graph.Input(), hidden = graph.Population("hidden", 9), output = graph.Output();
                graph.Connect(input, hidden, rewired, weights: Weights.Normal(0.5, 0.4));
                graph.Connect(hidden, hidden, Connectivity.Sparse(0.5), weights: Weights.Normal(0, 0.3), delay: Delay.Of(1));
                graph.Connect(hidden, output, rewired);
            }),
            12, 15, 1, 3);
        TrainingSettings settings = s_settings with { Algorithm = new EProp(), OptimizerGroups = [] };
        (float[] expected, TrainingHistory history) = Train(settings, null, program: program);
        using TemporaryFolder folder = new();
        TrainingHistory? last = null;
        float[] found = [];
        while (last?.StopReason != StopReason.LastEpoch)
        {
            (found, last) = Train(settings with { Callbacks = [new StopAfter(1), Checkpoint(folder)] }, null, program: program);
        }

        CollectionAssert.AreEqual(expected, found);
        Assert.AreEqual(history.Epochs.Sum(e => e.RewiredSynapses), last.Epochs.Sum(e => e.RewiredSynapses));
        Assert.IsGreaterThan(20, history.Epochs.Sum(e => e.RewiredSynapses));
    }

    [TestMethod]
    public void Run_FinishedAndResumed_GivesTheSameAtOnce()
    {
        using TemporaryFolder folder = new();
        TrainingSettings settings = s_settings with { Callbacks = [Checkpoint(folder)] };
        (float[] expected, TrainingHistory history) = Train(settings, null);

        (float[] found, TrainingHistory again) = Train(settings, null);

        CollectionAssert.AreEqual(expected, found);
        CollectionAssert.AreEqual(history.Epochs.ToArray(), again.Epochs.ToArray());
    }

    [TestMethod]
    public void Run_ResumedForMoreEpochs_IsOneLongTraining()
    {
        using TemporaryFolder folder = new();
        TrainingSettings longer = s_settings with { NumberOfEpochs = Epochs + 2, SilentNeuronRevival = 0 };
        float[] expected = Train(longer, null).Weights;
        Train(s_settings with { Callbacks = [Checkpoint(folder)], SilentNeuronRevival = 0 }, null);

        CollectionAssert.AreEqual(expected, Train(longer with { Callbacks = [Checkpoint(folder)] }, null).Weights);
    }

    [TestMethod]
    public void Run_OtherNetworkDataOrSettings_IsAClearError()
    {
        using TemporaryFolder folder = new();
        TrainingSettings settings = s_settings with { Callbacks = [Checkpoint(folder)] };
        Train(settings, null);

        AssertForeign("settings", () => Train(settings with { Seed = 6 }, null));
        AssertForeign("settings", () => Train(settings with { Optimizer = new Adam(0.03) }, null));
        AssertForeign("settings", () => Train(settings with { Augmentations = [] }, null));
        AssertForeign("data", () => Train(settings, s_validation));
        AssertForeign("data", () => Train(settings, null, Draw(3)));
        AssertForeign("network", () => new TrainingRun(
            NetworkProgram.Build(SnnNetwork.Sequential(Layer.Dense(8), Layer.Output()), 12, 15, 1, 3), new RecordingEngine(), s_data, null,
            settings with { OptimizerGroups = [] }).Run(NetworkWeights.ZerosFor(s_program)));
    }

    [TestMethod]
    public void Run_CorruptCheckpoint_IsAClearErrorAndTheOneBeforeWorks()
    {
        using TemporaryFolder folder = new();
        TrainingSettings settings = s_settings with { Callbacks = [Checkpoint(folder)] };
        float[] expected = Train(settings, null).Weights;
        string[] files = FilesOf(folder);
        byte[] bytes = File.ReadAllBytes(files[^1]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(files[^1], bytes);

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Train(settings, null));
        File.Delete(files[^1]);

        StringAssert.StartsWith(error.Message, $"Training cannot go on from checkpoint {files[^1]}: ", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "Delete it to go on from the one before", StringComparison.Ordinal);
        CollectionAssert.AreEqual(expected, Train(settings, null).Weights);
    }

    [TestMethod]
    public void Run_FolderWithCheckpointsAndNoResume_RefusesToMixThem()
    {
        using TemporaryFolder folder = new();
        Train(s_settings with { Callbacks = [Checkpoint(folder)] }, null);

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => Train(s_settings with { Callbacks = [new Checkpoint(folder.FullName)] }, null));

        StringAssert.StartsWith(error.Message, "The folder of checkpoints already holds some", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Run_Intervals_WriteAndKeepAsMany()
    {
        AssertFiles(CheckpointInterval.Epochs(1), keep: 2, 18, 24);
        AssertFiles(CheckpointInterval.Epochs(3), keep: 9, 18, 24);
        AssertFiles(CheckpointInterval.Batches(7), keep: 9, 7, 14, 21, 24);
        AssertFiles(CheckpointInterval.Every(TimeSpan.Zero), keep: 3, 22, 23, 24);
        AssertFiles(CheckpointInterval.Every(TimeSpan.FromDays(1)), keep: 3, 24);

        static void AssertFiles(CheckpointInterval interval, int keep, params int[] updates)
        {
            using TemporaryFolder folder = new();
            Train(s_settings with { Callbacks = [new Checkpoint(folder.FullName, interval, keep)] }, null);
            CollectionAssert.AreEqual(updates, FilesOf(folder).Select(f => int.Parse(Path.GetFileName(f).Split('-')[1], null)).ToArray());
        }
    }

    [TestMethod]
    public void Run_DiskFull_WarnsGoesOnAndLosesNothing()
    {
        using TemporaryFolder folder = new();
        List<string> warnings = [];
        int writes = 0;
        CheckpointSettings checkpoints = new()
        {
            Directory = folder.FullName,
            Create = path => ++writes == 2 ? new FullDisk(path, 1000) : File.Create(path),
            Keep = 9,
        };

        float[] weights = Train(s_settings with { Callbacks = [new Checkpoint(checkpoints)], Warn = warnings.Add }, null).Weights;

        CollectionAssert.AreEqual(Train(s_settings, null).Weights, weights);
        CollectionAssert.AreEqual(new[] { 6, 18, 24 }, FilesOf(folder).Select(f => int.Parse(Path.GetFileName(f).Split('-')[1], null)).ToArray());
        string warning = warnings.Single(w => w.StartsWith("Checkpoint", StringComparison.Ordinal));
        StringAssert.Contains(warning, "could not be written: No space left on device. Training goes on; the last good checkpoint is ", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Run_Cancelled_KeepsTheStateOfThatMoment()
    {
        using TemporaryFolder folder = new();
        float[] expected = Train(s_settings, null).Weights;
        using CancellationTokenSource source = new();
        TrainingSettings stopped = s_settings with
        {
            CancellationToken = source.Token,
            Callbacks = [new ActAfter(9, source.Cancel), Checkpoint(folder)],
        };

        Assert.AreEqual(StopReason.Cancelled, Train(stopped, null).History.StopReason);
        StringAssert.Contains(FilesOf(folder)[^1], "checkpoint-000000000009-", StringComparison.Ordinal);
        CollectionAssert.AreEqual(expected, Train(s_settings with { Callbacks = [Checkpoint(folder)] }, null).Weights);
    }

    [TestMethod]
    public void Run_CallbackFails_NamesItAndKeepsTheState()
    {
        using TemporaryFolder folder = new();
        float[] expected = Train(s_settings, null).Weights;
        List<string> warnings = [];
        TrainingSettings failing = s_settings with
        {
            Callbacks = [new ActAfter(9, () => throw new FormatException("Nonsense.")), Checkpoint(folder)],
            Warn = warnings.Add,
        };

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Train(failing, null));

        Assert.AreEqual("Callback ActAfter failed in OnBatchEnd: Nonsense. Training was stopped.", error.Message);
        Assert.IsInstanceOfType<FormatException>(error.InnerException);
        StringAssert.Contains(warnings.Single(), "Resume = true goes on from it.", StringComparison.Ordinal);
        CollectionAssert.AreEqual(expected, Train(s_settings with { Callbacks = [Checkpoint(folder)] }, null).Weights);
    }

    private static Checkpoint Checkpoint(TemporaryFolder folder) => new(folder.FullName, resume: true);

    private static string[] FilesOf(TemporaryFolder folder) => [.. Directory.GetFiles(folder.FullName).Order(StringComparer.Ordinal)];

    private static void AssertForeign(string what, Action train)
    {
        string message = Assert.ThrowsExactly<InvalidOperationException>(train).Message;
        StringAssert.Contains(message, $"it belongs to other {what}: expected ", StringComparison.Ordinal);
    }

    private static (float[] Weights, TrainingHistory History) Train(
        TrainingSettings settings, TrainingData? validation, TrainingData? data = null, NetworkProgram? program = null)
    {
        program ??= s_program;
        using NetworkEngine engine = settings.Algorithm.CreateEngine(program, BatchSize, threads: 1, gpuDeviceId: null, fallbackToCpu: true, seed: 1, _ => { });
        NetworkWeights weights = NetworkWeights.Draw(program, new InputStatistics(10, 10, false), seed: 1);
        TrainingHistory history = new TrainingRun(program, engine, data ?? s_data, validation, settings).Run(weights);
        return ([.. Enumerable.Range(0, weights.Count).SelectMany(c => weights[c])], history);
    }

    private static TrainingData Draw(int seed)
    {
        Random random = new(seed);
        SpikeTrainsBuilder builder = new(15, 12, isConstantCurrent: false);
        for (int example = 0; example < Examples; example++)
        {
            int[] slots = [.. Enumerable.Range(0, 180).Where(_ => random.Next(8) == 0)];
            builder.Add(slots, [.. slots.Select(_ => 1f)]);
        }

        return new TrainingData(builder.ToSpikeTrains(), Targets.OfClasses([.. Enumerable.Range(0, Examples).Select(_ => random.Next(3))]), null);
    }

    private sealed class StopAfter(int batches) : TrainingCallback
    {
        private int _count;

        public override void OnBatchEnd(TrainingContext context)
        {
            if (++_count == batches)
            {
                context.Stop();
            }
        }
    }

    private sealed class ActAfter(long updates, Action act) : TrainingCallback
    {
        public override void OnBatchEnd(TrainingContext context)
        {
            if (context.Updates == updates)
            {
                act();
            }
        }
    }
}
