using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

[TestClass]
public sealed class TrainingCallbackTests
{
    private static readonly NetworkProgram s_program = NetworkProgram.Build(
        SnnNetwork.Sequential(Layer.Dense(4), Layer.Output()), channels: 2, steps: 2, timeStep: 1, 2);

    private static readonly TrainingSettings s_settings = new()
    {
        Algorithm = new EventProp(),
        Optimizer = new Adam(0.25),
        NumberOfEpochs = 2,
        BatchSize = 4,
        Shuffle = true,
        Seed = 1,
    };

    [TestMethod]
    public void Run_Callbacks_HearEverythingInOrder()
    {
        Recorder recorder = new();

        Train(s_settings with { Callbacks = [recorder] });

        CollectionAssert.AreEqual(
            new[]
            {
                "training begins 0 0/2", "epoch begins 0 0/2", "batch begins 0 0/2", "batch ends 1 1/2", "batch begins 1 1/2", "batch ends 2 2/2",
                "epoch ends 2 2/2", "epoch begins 2 0/2", "batch begins 2 0/2", "batch ends 3 1/2", "batch begins 3 1/2", "batch ends 4 2/2",
                "epoch ends 4 2/2", "training ends 4 2/2",
            },
            recorder.Calls);
        Assert.AreEqual(0.25, recorder.Rate);
        Assert.AreEqual(16, recorder.Parameters);
        StringAssert.Contains(recorder.Network!, "16 learned numbers", StringComparison.Ordinal);
    }

    /// <summary>The first update has the factor of the beginning: a schedule counts the updates before it.</summary>
    [TestMethod]
    public void Run_Schedule_CountsTheUpdatesBeforeEach()
    {
        RateRecorder recorder = new();

        Train(s_settings with { Optimizer = new Adam(0.25) { Schedule = LearningRateSchedule.EaseIn(0.1, 1.5) }, Callbacks = [recorder] });

        CollectionAssert.AreEqual(new[] { 0.0, 0.5, 1, 1.5 }, recorder.Epochs);
        Assert.HasCount(4, recorder.Rates);
        for (int update = 0; update < 4; update++)
        {
            Assert.AreEqual(0.25 * 0.1 * Math.Pow(1.5, update), recorder.Rates[update], 1e-12);
        }
    }

    [TestMethod]
    public void Run_CallbackFailsInTheMiddle_TheOthersHearOfTheEnd()
    {
        Recorder recorder = new();

        Assert.ThrowsExactly<InvalidOperationException>(
            () => Train(s_settings with { Callbacks = [recorder, new Failing(atEnd: false)] }));

        Assert.AreEqual("training ends 0 0/2", recorder.Calls[^1]);
    }

    [TestMethod]
    public void Run_CallbackFailsAtTheEnd_LosesNoModel()
    {
        List<string> warnings = [];

        TrainingHistory history = Train(s_settings with { Callbacks = [new Failing(atEnd: true)], Warn = warnings.Add });

        Assert.HasCount(2, history.Epochs);
        Assert.AreEqual("Callback Failing failed in OnTrainingEnd: No.", warnings.Single());
    }

    [TestMethod]
    public void Run_TimeIsUp_EndsWithinABatch()
    {
        List<string> warnings = [];
        TrainingHistory history = Train(
            s_settings with { NumberOfEpochs = 1000, MaximumTrainingTime = TimeSpan.FromMilliseconds(50), Warn = warnings.Add },
            _ => Thread.Sleep(10));

        Assert.AreEqual(StopReason.TimeLimit, history.StopReason);
        Assert.IsFalse(history.WasCancelled);
        Assert.IsLessThan(10, history.Epochs.Count);
        StringAssert.StartsWith(warnings.Single(), "The time of 00:00:00.0500000 was up in epoch ", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Run_Revival_RaisesTheInputOfSilentNeuronsAndSaysSo()
    {
        List<string> lines = [];
        using RecordingEngine engine = new() { Spikes = (_, neuron) => neuron == 2 ? 0 : 3 };
        NetworkWeights? set = null;
        engine.WeightsSet = weights => set = weights.Clone();

        TrainingHistory history = Train(s_settings with { SilentNeuronRevival = 0.5, Info = lines.Add }, engine: engine);

        // The first weight counts batches; the other input weights are 0 but those of the third neuron.
        CollectionAssert.AreEqual(new float[] { 2, 0, 0.5f, 0, 0, 0, 0.5f, 0 }, set![0]);
        Assert.IsTrue(set[1].All(w => w == 0));
        CollectionAssert.AreEqual(new[] { 1, 0 }, history.Epochs.Select(e => e.RevivedNeurons).ToArray(), "After the last epoch nothing is changed.");
        StringAssert.EndsWith(lines[0], ", 1 silent neurons revived", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Run_RevivalAndNoSpikeInTheFirstEpoch_GoesOn()
    {
        using RecordingEngine engine = new() { Spikes = (epoch, _) => epoch };

        Assert.HasCount(2, Train(s_settings with { SilentNeuronRevival = 0.5 }, engine: engine).Epochs);
    }

    [TestMethod]
    public void CsvLog_Epochs_AreLinesUnderAHeader()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("log.csv", [1, 2, 3]);

        TrainingHistory history = Train(s_settings with { Callbacks = [new CsvLog(path)] });

        string[][] lines = [.. File.ReadAllLines(path).Select(line => line.Split(','))];
        Assert.HasCount(3, lines);
        int loss = Array.IndexOf(lines[0], "loss"), validation = Array.IndexOf(lines[0], "validationLoss");
        Assert.AreEqual(history.Epochs[1].Loss, double.Parse(lines[2][loss], System.Globalization.CultureInfo.InvariantCulture));
        Assert.AreEqual("", lines[1][validation]);
        Assert.IsTrue(lines.All(line => line.Length == lines[0].Length));
    }

    [TestMethod]
    public void JsonLinesLog_ResumedTraining_TellsOfEveryEpochOnce()
    {
        using TemporaryFolder folder = new(), checkpoints = new();
        string path = folder.PathOf("log.jsonl");
        TrainingSettings settings = s_settings with
        {
            Callbacks = [new JsonLinesLog(path), new Checkpoint(checkpoints.FullName, resume: true)],
        };

        Train(settings);
        TrainingHistory history = Train(settings with { NumberOfEpochs = 4 });

        JsonElement[] lines = [.. File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement)];
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4 }, lines.Select(line => line.GetProperty("epoch").GetInt32()).ToArray());
        Assert.AreEqual(history.Epochs[2].Seconds, lines[2].GetProperty("seconds").GetDouble());
    }

    private static TrainingHistory Train(TrainingSettings settings, Action<int>? atBatch = null, RecordingEngine? engine = null)
    {
        using RecordingEngine used = engine ?? new RecordingEngine();
        if (atBatch != null)
        {
            used.Result = batch =>
            {
                atBatch(batch);
                return new BatchResult(1, 1, 10, 0);
            };
        }

        SpikeTrainsBuilder builder = new(steps: 2, channels: 2, isConstantCurrent: false);
        for (int n = 0; n < 7; n++)
        {
            builder.Add([0], [1f]);
        }

        TrainingData data = new(builder.ToSpikeTrains(), Targets.OfClasses(new int[7]), null);
        return new TrainingRun(s_program, used, data, null, settings).Run(NetworkWeights.ZerosFor(s_program));
    }

    private sealed class Failing(bool atEnd) : TrainingCallback
    {
        public override void OnEpochBegin(TrainingContext context) => Fail(!atEnd);

        public override void OnTrainingEnd(TrainingContext context) => Fail(atEnd);

        private static void Fail(bool fails)
        {
            if (fails)
            {
                throw new NotSupportedException("No.");
            }
        }
    }

    private sealed class RateRecorder : TrainingCallback
    {
        public List<double> Epochs { get; } = [];

        public List<double> Rates { get; } = [];

        public override void OnBatchBegin(TrainingContext context) => Epochs.Add(context.Moment.EpochsDone);

        public override void OnBatchEnd(TrainingContext context) => Rates.Add(context.LearningRate);
    }

    private sealed class Recorder : TrainingCallback
    {
        public List<string> Calls { get; } = [];

        public double Rate { get; private set; }

        public long Parameters { get; private set; }

        public string? Network { get; private set; }

        public override void OnTrainingBegin(TrainingContext context) => Add("training begins", context);

        public override void OnTrainingEnd(TrainingContext context)
        {
            Add("training ends", context);
            (Rate, Parameters, Network) = (context.LearningRate, context.NumberOfParameters, context.Network);
        }

        public override void OnEpochBegin(TrainingContext context) => Add("epoch begins", context);

        public override void OnEpochEnd(TrainingContext context) => Add("epoch ends", context);

        public override void OnBatchBegin(TrainingContext context) => Add("batch begins", context);

        public override void OnBatchEnd(TrainingContext context) => Add("batch ends", context);

        private void Add(string what, TrainingContext context) =>
            Calls.Add($"{what} {context.Updates} {context.Progress.Batch}/{context.Progress.NumberOfBatches}");
    }
}
