using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Tests.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>Early stopping, checkpoints and schedules as callbacks are what the options of the same name are.</summary>
[TestClass]
public sealed class CallbackOptionTests
{
    private static readonly LearningRateSchedule s_schedule = LearningRateSchedule.WarmUp(1.5).Times(LearningRateSchedule.Cosine(0.1));

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void EarlyStopping_AsCallback_StopsAndKeepsTheBestAsTheOptionDoes()
    {
        SnnTrainer.Options option = Options(200), callback = Options(200);
        option.EarlyStopping = new EarlyStopping(5);
        callback.Callbacks = [new EarlyStopping(5)];

        SnnModelParameters expected = Train(option, validates: true), found = Train(callback, validates: true);

        Assert.AreEqual(StopReason.EarlyStopping, found.History.StopReason);
        Assert.IsLessThan(200, found.History.Epochs.Count);
        TrainingEpoch best = found.History.Epochs.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.AreEqual(best.Epoch, found.History.BestEpoch);
        Assert.AreEqual(found.History.Epochs.Count - 5, best.Epoch, "It waited for five epochs.");
        AssertSame(expected, found);

        SnnTrainer.Options unstopped = Options(best.Epoch);
        AssertSameWeights(Train(unstopped, validates: false), found);
    }

    [TestMethod]
    public void EarlyStopping_AsCallbackWithoutValidation_SaysWhatToCall()
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = SmallData.Quick();
        options.Callbacks = [new EarlyStopping(3)];

        string message = Assert.Throws<Exception>(() => context.Snn().Train(options).Fit(LabelledRow.Load(context, 20))).Message;

        StringAssert.Contains(message, "Early stopping needs validation data. Call Fit(trainData, validationData).", StringComparison.Ordinal);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void EarlyStopping_ResumedAfterTheStop_TrainsNoFurtherUnlessItHasMorePatience()
    {
        using TemporaryFolder folder = new();
        Calls calls = new();
        SnnTrainer.Options options = Options(200);
        options.Callbacks = [new EarlyStopping(5), new Checkpoint(folder.FullName, resume: true), calls];
        SnnModelParameters stopped = Train(options, validates: true);
        int updates = calls.Updates;

        SnnModelParameters again = Train(options, validates: true);
        Assert.AreEqual(updates, calls.Updates);
        AssertSame(stopped, again);

        options.Callbacks = [new EarlyStopping(7), new Checkpoint(folder.FullName, resume: true)];
        SnnModelParameters patient = Train(options, validates: true);
        options.Callbacks = [new EarlyStopping(7)];
        AssertSame(Train(options, validates: true), patient);
        Assert.IsGreaterThan(stopped.History.Epochs.Count, patient.History.Epochs.Count);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Checkpoint_AsCallback_ResumesWithTheSameBitsAsTheOption()
    {
        using TemporaryFolder option = new(), callback = new(), further = new();
        SnnModelParameters expected = Train(Options(8), validates: false);
        SnnTrainer.Options first = Options(5);
        first.Callbacks = [new Checkpoint(further.FullName, CheckpointInterval.Batches(3), 100), new Checkpoint(callback.FullName)];
        first.CheckpointDirectory = option.FullName;
        Train(first, validates: false);

        SnnTrainer.Options byOption = Options(8), byCallback = Options(8);
        (byOption.CheckpointDirectory, byOption.Resume) = (option.FullName, true);
        byCallback.Callbacks = [new Checkpoint(callback.FullName, resume: true)];
        AssertSame(expected, Train(byOption, validates: false));
        AssertSame(expected, Train(byCallback, validates: false));

        // 150 flowers in batches of 16 are 10 updates per epoch; the last batch of an epoch waits for its end.
        int[] updates = [.. Directory.GetFiles(further.FullName).Select(UpdateOf).Order()];
        CollectionAssert.AreEqual(new[] { 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48, 50 }, updates);
    }

    [TestMethod]
    public void Checkpoint_TwoThatResume_AreRefused()
    {
        using TemporaryFolder one = new(), two = new();
        MLContext context = new(seed: 1);
        IDataView rows = LabelledRow.Load(context, 20);
        SnnTrainer.Options options = SmallData.Quick();
        options.Callbacks = [new Checkpoint(one.FullName), new Checkpoint(two.FullName)];
        context.Snn().Train(options).Fit(rows);
        options.Callbacks = [new Checkpoint(one.FullName, resume: true), new Checkpoint(two.FullName, resume: true)];

        string message = Assert.Throws<Exception>(() => context.Snn().Train(options).Fit(rows)).Message;

        StringAssert.Contains(message, "another Checkpoint of this training has resumed it. Let one of them resume.", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Checkpoint(one.FullName, numberOfCheckpoints: 0));
        Assert.ThrowsExactly<ArgumentException>(() => new Checkpoint(""));
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void LearningRateScheduler_AsCallback_HasTheBitsOfTheOption()
    {
        SnnTrainer.Options option = Options(6), callback = Options(6), both = Options(6), own = Options(6);
        option.Optimizer = new Adam(0.01) { Schedule = s_schedule };
        callback.Callbacks = [new LearningRateScheduler(s_schedule)];
        own.Callbacks = [new OwnScheduler(s_schedule)];
        both.Optimizer = new Adam(0.01) { Schedule = LearningRateSchedule.WarmUp(1.5) };
        both.Callbacks = [new LearningRateScheduler(LearningRateSchedule.Cosine(0.1))];

        SnnModelParameters expected = Train(option, validates: false);

        Assert.HasCount(6, expected.History.Epochs.Select(epoch => epoch.LearningRate).Distinct());
        AssertSame(expected, Train(callback, validates: false));
        AssertSame(expected, Train(own, validates: false));
        AssertSame(expected, Train(both, validates: false));
        Assert.Throws<AssertFailedException>(() => AssertSameWeights(expected, Train(Options(6), validates: false)), "The schedule changes something.");
    }

    [TestMethod]
    public void LearningRateScheduler_OtherScheduleOnResume_IsRefused()
    {
        using TemporaryFolder folder = new();
        MLContext context = new(seed: 1);
        IDataView rows = LabelledRow.Load(context, 20);
        SnnTrainer.Options options = SmallData.Quick();
        options.Callbacks = [new LearningRateScheduler(s_schedule), new Checkpoint(folder.FullName)];
        context.Snn().Train(options).Fit(rows);
        options.Callbacks = [new Checkpoint(folder.FullName, resume: true)];

        string message = Assert.Throws<Exception>(() => context.Snn().Train(options).Fit(rows)).Message;

        StringAssert.Contains(message, "it belongs to other settings", StringComparison.Ordinal);
        StringAssert.Contains(message, "WarmUpSchedule", StringComparison.Ordinal);
    }

    [TestMethod]
    public void LearningRateScheduler_FactorThatIsNone_NamesScheduleAndUpdate()
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = SmallData.Quick(), optimizer = SmallData.Quick(), own = SmallData.Quick();
        options.Callbacks = [new LearningRateScheduler(new Nonsense())];
        optimizer.Optimizer = new Adam { Schedule = new Nonsense() };
        own.Callbacks = [new Negative()];

        foreach (SnnTrainer.Options faulty in (SnnTrainer.Options[])[options, optimizer])
        {
            StringAssert.Contains(
                Error(faulty), "A learning-rate schedule must give a finite factor of 0 or more, but Nonsense { } gave NaN at update 1.", StringComparison.Ordinal);
        }

        StringAssert.Contains(Error(own), "Callback Negative failed in OnBatchBegin: factor must be a finite number of 0 or more, but was -1.", StringComparison.Ordinal);

        string Error(SnnTrainer.Options faulty) =>
            Assert.Throws<Exception>(() => context.Snn().Train(faulty).Fit(LabelledRow.Load(context, 20))).Message;
    }

    private static SnnTrainer.Options Options(int epochs)
    {
        SnnTrainer.Options options = TaskData.Options("Species", epochs);
        options.NumberOfHiddenNeurons = 16;
        return options;
    }

    private static SnnModelParameters Train(SnnTrainer.Options options, bool validates)
    {
        MLContext context = new(seed: 1);
        IDataView flowers = TaskData.Flowers(context);
        SnnTrainer trainer = context.Snn().Train(options);
        return (validates ? trainer.Fit(flowers, context.Data.TakeRows(context.Data.ShuffleRows(flowers, seed: 1), 30)) : trainer.Fit(flowers)).Model;
    }

    private static void AssertSame(SnnModelParameters expected, SnnModelParameters found)
    {
        AssertSameWeights(expected, found);
        CollectionAssert.AreEqual(
            expected.History.Epochs.Select(epoch => epoch with { Seconds = 0 }).ToArray(), found.History.Epochs.Select(epoch => epoch with { Seconds = 0 }).ToArray());
    }

    private static void AssertSameWeights(SnnModelParameters expected, SnnModelParameters found)
    {
        IReadOnlyList<SnnConnectionWeights> one = expected.GetWeights(), other = found.GetWeights();
        Assert.HasCount(one.Count, other);
        for (int c = 0; c < one.Count; c++)
        {
            for (int n = 0; n < one[c].Rows * one[c].Columns; n++)
            {
                (int row, int column) = (n / one[c].Columns, n % one[c].Columns);
                Assert.AreEqual(one[c][row, column], other[c][row, column], $"{one[c].Name} at {row}, {column}");
            }
        }
    }

    private static int UpdateOf(string path) => int.Parse(Path.GetFileName(path).Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Calls : TrainingCallback
    {
        public int Updates { get; private set; }

        public override void OnBatchEnd(TrainingContext context) => Updates++;
    }

    /// <summary>What anybody can write.</summary>
    private sealed class OwnScheduler(LearningRateSchedule schedule) : TrainingCallback
    {
        public override void OnBatchBegin(TrainingContext context) => context.ScaleLearningRate(schedule.Factor(context.Moment));
    }

    private sealed class Negative : TrainingCallback
    {
        public override void OnBatchBegin(TrainingContext context) => context.ScaleLearningRate(-1);
    }

    private sealed record Nonsense : LearningRateSchedule
    {
        public override double Factor(ScheduleMoment moment) => double.NaN;
    }
}
