using System;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

[TestClass]
public sealed class BestWeightsTests
{
    private static readonly NetworkProgram s_program = NetworkProgram.Build(SnnNetwork.Sequential(Layer.Output()), 2, 5, 1, 2);

    [TestMethod]
    public void Offer_LossesUpAndDown_KeepsTheLowestAndTheFirstOfEquals()
    {
        BestWeights best = Offer(null, 3, 2, 2.5, 2, 4);

        Assert.AreEqual(2, best.Epoch);
        CollectionAssert.AreEqual(new float[] { 2, 2, 2, 2 }, best.Weights[0]);
        Assert.IsFalse(best.IsExhausted, "Without a rule patience has no end.");
    }

    [TestMethod]
    public void IsExhausted_PatienceOfThree_AfterTheThirdEpochWithoutImprovement()
    {
        EarlyStopping rule = new(patience: 3);

        Assert.IsFalse(Offer(rule, 2, 3, 3).IsExhausted);
        Assert.IsTrue(Offer(rule, 2, 3, 3, 3).IsExhausted);
        Assert.IsFalse(Offer(rule, 2, 3, 3, 1, 3, 3).IsExhausted, "An improvement gives all patience back.");
        Assert.IsTrue(Offer(rule, 2, double.NaN, 2, 2).IsExhausted, "NaN is no improvement.");
    }

    [TestMethod]
    public void Offer_ImprovementBelowTheMinimum_IsKeptButWinsNoPatience()
    {
        BestWeights best = Offer(new EarlyStopping(patience: 2, minimumImprovement: 0.5), 2, 1.9, 1.8);

        Assert.AreEqual(3, best.Epoch);
        Assert.IsTrue(best.IsExhausted);
        Assert.IsFalse(Offer(new EarlyStopping(patience: 2, minimumImprovement: 0.5), 2, 1.9, 1.4).IsExhausted);
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

    private static BestWeights Offer(EarlyStopping? rule, params double[] losses)
    {
        BestWeights best = new(s_program, rule);
        using StubEngine engine = new();
        for (int n = 0; n < losses.Length; n++)
        {
            engine.Weight = n + 1;
            best.Offer(losses[n], n + 1, engine);
        }

        return best;
    }
}
