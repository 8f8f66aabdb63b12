using System;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

[TestClass]
public sealed class EarlyStoppingTests
{
    [TestMethod]
    public void IsExhausted_PatienceOfThree_AfterTheThirdEpochWithoutImprovement()
    {
        EarlyStopping rule = new(patience: 3);

        Assert.IsFalse(IsExhausted(rule));
        Assert.IsFalse(IsExhausted(rule, 2, 3, 3));
        Assert.IsTrue(IsExhausted(rule, 2, 3, 3, 3));
        Assert.IsFalse(IsExhausted(rule, 2, 3, 3, 1, 3, 3), "An improvement gives all patience back.");
        Assert.IsTrue(IsExhausted(rule, 2, double.NaN, 2, 2), "NaN is no improvement.");
    }

    [TestMethod]
    public void IsExhausted_ImprovementBelowTheMinimum_WinsNoPatience()
    {
        EarlyStopping rule = new(patience: 2, minimumImprovement: 0.5);

        Assert.IsTrue(IsExhausted(rule, 2, 1.9, 1.8));
        Assert.IsFalse(IsExhausted(rule, 2, 1.9, 1.4), "What counts is the loss that counted last.");
    }

    [TestMethod]
    public void EarlyStopping_OutOfRange_SaysSo()
    {
        var patience = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EarlyStopping(0));
        var improvement = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EarlyStopping(1, double.NaN));

        StringAssert.StartsWith(patience.Message, "patience must be 1 to 2147483647, but was 0. Typical values are 3 to 10.", StringComparison.Ordinal);
        StringAssert.StartsWith(
            improvement.Message, "minimumImprovement must be a finite number of 0 or more, but was NaN. Use 0 to count every improvement.", StringComparison.Ordinal);
    }

    private static bool IsExhausted(EarlyStopping rule, params double[] losses) =>
        rule.IsExhausted([.. losses.Select(loss => new TrainingEpoch
        {
            Epoch = 1, Loss = 1, ValidationLoss = loss, SpikesPerNeuron = 1, SilentNeurons = 0, GrazingSpikes = 0, Seconds = 0,
        })]);
}
