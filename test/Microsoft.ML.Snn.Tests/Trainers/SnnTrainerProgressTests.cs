using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A training says where it stands, and stops when it is told to.</summary>
[TestClass]
public sealed class SnnTrainerProgressTests
{
    [TestMethod]
    public void Fit_Progress_CountsUpToTheLastEpoch()
    {
        List<TrainingProgress> reports = [];
        SnnTrainer.Options options = SmallData.Quick(epochs: 3);
        options.Progress = new Reports(reports.Add);
        MLContext context = new();

        TrainingHistory history = context.Snn().Train(options).Fit(LabelledRow.Load(context, 100)).Model.History;

        CollectionAssert.AreEqual(history.Epochs.ToArray(), reports.Select(r => r.CompletedEpoch).OfType<TrainingEpoch>().ToArray());
        TrainingProgress first = reports[0], last = reports[^1];
        Assert.AreEqual((1, 1, 4, 3), (first.Epoch, first.Batch, first.NumberOfBatches, first.NumberOfEpochs));
        Assert.IsNull(first.CompletedEpoch);
        Assert.IsNull(first.SilentNeurons);
        Assert.AreEqual((3, 4), (last.Epoch, last.Batch));
        Assert.AreEqual(TimeSpan.Zero, last.TimeLeft);
        Assert.AreEqual(history.Epochs[^1].Loss, last.Loss);
        foreach (TrainingProgress report in reports)
        {
            Assert.IsInRange(0, 1, report.Accuracy!.Value);
            Assert.IsGreaterThan(0, report.ExamplesPerSecond);
            Assert.IsGreaterThanOrEqualTo(TimeSpan.Zero, report.TimeLeft);
        }
    }

    [TestMethod]
    public void Fit_Log_NamesTheDeviceAndHasALinePerEpoch()
    {
        List<string> lines = [];
        MLContext context = new();
        context.Log += (_, line) => lines.Add(line.Message);

        SmallData.QuickModel(context);

        Assert.ContainsSingle(lines.Where(line => line.Contains("Device: CPU", StringComparison.Ordinal)));
        Assert.ContainsSingle(lines.Where(line => line.Contains("Epoch 1: loss ", StringComparison.Ordinal)));
        Assert.ContainsSingle(lines.Where(line => line.Contains("Epoch 2: loss ", StringComparison.Ordinal)));
        Assert.ContainsSingle(lines.Where(line => line.Contains("Training on 64 rows.", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Fit_TokenCancelledMidEpoch_GivesTheModelSoFar(int epoch)
    {
        using CancellationTokenSource source = new();
        MLContext context = new();
        List<string> lines = [];
        context.Log += (_, line) => lines.Add(line.Message);
        SnnTrainer.Options options = SmallData.Quick(epochs: 1000);
        options.CancellationToken = source.Token;
        options.BatchSize = 1;

        // An epoch must take longer than the time between two reports.
        options.NumberOfHiddenNeurons = 1024;
        options.Progress = new Reports(report =>
        {
            if (report.Epoch == epoch && report.Batch < report.NumberOfBatches)
            {
                source.Cancel();
            }
            else if (report.CompletedEpoch?.Epoch >= epoch)
            {
                // No report fell inside: the next epoch will do.
                epoch++;
            }
        });

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(LabelledRow.Load(context, 20_000));

        Assert.IsTrue(model.Model.History.WasCancelled);
        Assert.HasCount(epoch - 1, model.Model.History.Epochs);
        Assert.AreEqual(epoch - 1, model.Model.History.BestEpoch);
        Assert.ContainsSingle(lines.Where(line => line.EndsWith(
            $"Training was cancelled in epoch {epoch} of 1000; the model is the best so far.", StringComparison.Ordinal)));
        Assert.HasCount(10, SmallData.Scores(model.Transform(LabelledRow.Load(context, 10))));
    }

    [TestMethod]
    public void Fit_ContextCancelled_Throws()
    {
        MLContext context = new();
        SnnTrainer.Options options = SmallData.Quick(epochs: 1000);
        options.Progress = new Reports(_ => CancelExecution(context));
        IDataView data = LabelledRow.Load(context, 100);

        Assert.Throws<OperationCanceledException>(() => context.Snn().Train(options).Fit(data));
    }

    // ML.NET offers it to its own tools alone.
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void CancelExecution(MLContext context);

    private sealed class Reports(Action<TrainingProgress> act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act(value);
    }
}
