using System.Linq;
using Microsoft.ML.Snn.Encoding;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Encoding;

[TestClass]
public sealed class RegularRateEncoderTests
{
    [TestMethod]
    [DataRow(1f, new[] { 3, 6, 9 }, DisplayName = "0.3 per step: due at 3.33, 6.67 and 10")]
    [DataRow(0.5f, new[] { 6 }, DisplayName = "0.15 per step: due at 6.67 and 13.3")]
    [DataRow(0.1f, new int[0], DisplayName = "0.03 per step: due at 33.3")]
    [DataRow(0f, new int[0])]
    public void Encode_TenSteps_SpikesAtTheStepsWorkedOutByHand(float feature, int[] steps) =>
        CollectionAssert.AreEqual(steps, EncoderRun.Steps(new RegularRateEncoder(10, spikesPerStep: 0.3), feature));

    [TestMethod]
    public void Encode_OneSpikePerStep_FillsEveryStep() =>
        CollectionAssert.AreEqual(
            Enumerable.Range(0, 10).ToArray(), EncoderRun.Steps(new RegularRateEncoder(10, spikesPerStep: 1), 1));

    [TestMethod]
    public void Encode_AnyFeature_GivesTheExactNumberOfSpikesAndNoTwoInAStep()
    {
        // 0.7f is a little less than 0.7, and 0.1f a little more than 0.1: both are what the user wrote.
        for (int thousandth = 0; thousandth <= 1000; thousandth++)
        {
            int[] steps = EncoderRun.Steps(new RegularRateEncoder(1000, spikesPerStep: 1), thousandth / 1000f);

            Assert.HasCount(thousandth, steps);
            Assert.HasCount(thousandth, steps.Distinct().ToArray());
            Assert.IsTrue(steps.All(step => step is >= 0 and < 1000), $"{thousandth}");
        }
    }

    [TestMethod]
    public void Encode_LongTrain_KeepsItsIntervals()
    {
        int[] steps = EncoderRun.Steps(new RegularRateEncoder(60_000, spikesPerStep: 0.1f), 1);

        CollectionAssert.AreEqual(Enumerable.Range(0, 6000).Select(k => 10 * k + 9).ToArray(), steps);
    }
}
