using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>Every schedule against its closed form, worked out by hand where it has none.</summary>
[TestClass]
public sealed class LearningRateScheduleTests
{
    private const int PerEpoch = 4;
    private const int Epochs = 10;

    [TestMethod]
    public void Constant_IsOne() => AssertFactors(LearningRateSchedule.Constant, _ => 1);

    [TestMethod]
    public void Step_FallsAtWholeEpochs()
    {
        AssertFactors(LearningRateSchedule.Step(3, 0.5), e => Math.Pow(0.5, Math.Floor(e / 3)));
        Assert.AreEqual(1, At(LearningRateSchedule.Step(3, 0.5), 3 * PerEpoch - 1));
        Assert.AreEqual(0.5, At(LearningRateSchedule.Step(3, 0.5), 3 * PerEpoch));
    }

    [TestMethod]
    public void Exponential_FallsALittleAtEachUpdate() =>
        AssertFactors(LearningRateSchedule.Exponential(0.8), e => Math.Exp(e * Math.Log(0.8)));

    [TestMethod]
    public void Cosine_GoesFromOneToTheMinimum()
    {
        AssertFactors(LearningRateSchedule.Cosine(0.1), e => 0.1 + 0.9 * Math.Pow(Math.Cos(Math.PI * e / Epochs / 2), 2));
        AssertFactors(LearningRateSchedule.Cosine(0, epochs: 5), e => e >= 5 ? 0 : Math.Pow(Math.Cos(Math.PI * e / 10), 2));
        Assert.AreEqual(0.55, At(LearningRateSchedule.Cosine(0.1), PerEpoch * Epochs / 2), 1e-12, "Half-way is the middle.");
    }

    [TestMethod]
    public void WarmUp_RisesAlongALine() =>
        AssertFactors(LearningRateSchedule.WarmUp(2.5, start: 0.2), e => e >= 2.5 ? 1 : 0.2 + 0.32 * e);

    [TestMethod]
    public void EaseIn_GrowsAtEachUpdate()
    {
        double expected = 0.001;
        for (int update = 0; update < 300; update++)
        {
            Assert.AreEqual(Math.Min(1, expected), At(LearningRateSchedule.EaseIn(), update), 1e-9);
            expected *= 1.05;
        }
    }

    [TestMethod]
    public void Times_MultipliesFactors() => AssertFactors(
        LearningRateSchedule.WarmUp(2, start: 0).Times(LearningRateSchedule.Exponential(0.9)),
        e => Math.Min(1, e / 2) * Math.Pow(0.9, e));

    [TestMethod]
    public void ReduceOnPlateau_EpochsWithoutImprovement_FallsAndWaitsAgain()
    {
        LearningRateSchedule schedule = LearningRateSchedule.ReduceOnPlateau(patience: 2, factor: 0.5, minimum: 0.2);
        double[] losses = [5, 4, 4, 4, 3, 3, 3, 3, 3, 2, 2, 2];
        double[] expected = [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2];

        double[] found = [.. Enumerable.Range(0, losses.Length + 1).Select(n => schedule.Factor(new ScheduleMoment(0, 1, 1, Losses(losses[..n]))))];

        CollectionAssert.AreEqual(expected, found);
    }

    [TestMethod]
    public void ReduceOnPlateau_Validation_IsWhatCounts()
    {
        LearningRateSchedule schedule = LearningRateSchedule.ReduceOnPlateau(patience: 1, factor: 0.1, minimumImprovement: 0.5);
        List<TrainingEpoch> epochs = [Epoch(3) with { ValidationLoss = 1 }, Epoch(2) with { ValidationLoss = 0.6 }];

        Assert.AreEqual(0.1, schedule.Factor(new ScheduleMoment(0, 1, 1, epochs)), "An improvement of 0.4 does not count.");
        epochs[1] = epochs[1] with { ValidationLoss = 0.4 };
        Assert.AreEqual(1, schedule.Factor(new ScheduleMoment(0, 1, 1, epochs)));
    }

    [TestMethod]
    public void Schedules_OutOfRange_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LearningRateSchedule.Exponential(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(-0.1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmUp(double.NaN));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LearningRateSchedule.EaseIn(growth: 0.9));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(1, 1.5));
        StringAssert.StartsWith(error.Message, "factor must be above 0 and at most 1, but was 1.5.", StringComparison.Ordinal);
    }

    private static void AssertFactors(LearningRateSchedule schedule, Func<double, double> expected)
    {
        for (int update = 0; update < PerEpoch * Epochs; update++)
        {
            Assert.AreEqual(expected((double)update / PerEpoch), At(schedule, update), 1e-12, $"update {update}");
        }
    }

    private static double At(LearningRateSchedule schedule, long update) =>
        schedule.Factor(new ScheduleMoment(update, PerEpoch, Epochs, []));

    private static List<TrainingEpoch> Losses(double[] losses) => [.. losses.Select(Epoch)];

    private static TrainingEpoch Epoch(double loss) => new()
    {
        Epoch = 1,
        Loss = loss,
        SpikesPerNeuron = 0,
        SilentNeurons = 0,
        GrazingSpikes = 0,
        Seconds = 0,
    };
}
