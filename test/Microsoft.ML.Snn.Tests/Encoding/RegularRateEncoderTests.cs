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
    public void Encode_FramesOfOneChannel_GatherOverTheirBorders()
    {
        // 0.5 per step of 1, frames of 3 steps: 0.3 -> 0.45; 0.9 -> 0.9, 1.35 (spike), 1.8; 0 -> 1.8; 0.2 -> 1.9, 2.0 (spike), 2.1.
        (int Slot, float Value)[] spikes = EncoderRun.Spikes(
            new RegularRateEncoder(3, spikesPerStep: 0.5, frames: 4), [0.3f, 0.9f, 0, 0.2f], channelCount: 1);

        CollectionAssert.AreEqual(new[] { (4, 1f), (10, 1f) }, spikes);
    }

    [TestMethod]
    public void Encode_SignsThatChange_SpikeWhereTheIntegralHasMovedByOne()
    {
        // 1 per step of 1, frames of 2 steps. Channel 0: 0.75 -> 0.75, 1.5 (up, rest 0.5); -1 -> -0.5, -1.5 (down, rest -0.5);
        // 0.5 -> 0, 0.5. Channel 1: -0.5 -> -0.5, -1 (down, rest 0); 0; -1 -> -1 (down), -2 (down).
        (int Slot, float Value)[] spikes = EncoderRun.Spikes(
            new RegularRateEncoder(2, spikesPerStep: 1, frames: 3), [0.75f, -0.5f, -1, 0, 0.5f, -1], channelCount: 2);

        CollectionAssert.AreEqual(new[] { (2, 1f), (3, -1f), (6, -1f), (9, -1f), (11, -1f) }, spikes);
    }

    [TestMethod]
    public void Encode_SameRateInEveryFrame_SpikesAsInOneFrame()
    {
        for (int hundredth = 0; hundredth <= 100; hundredth++)
        {
            float x = hundredth / 100f;
            int[] whole = EncoderRun.Steps(new RegularRateEncoder(600, spikesPerStep: 0.3f), x);
            int[] frames = EncoderRun.Slots(new RegularRateEncoder(6, 0.3f, frames: 100), [.. Enumerable.Repeat(x, 100)], channelCount: 1);

            CollectionAssert.AreEqual(whole, frames, $"{x}");
        }
    }

    /// <summary>What is allowed for rounding adds up to more than a spike over so many steps; a step has one all the same.</summary>
    [TestMethod]
    public void Encode_OneSpikePerStepInManyFrames_NeverHasTwoInAStep()
    {
        const int Steps = 65_536, Frames = 80;

        int[] slots = EncoderRun.Slots(new RegularRateEncoder(Steps, 1, Frames), [.. Enumerable.Repeat(1f, Frames)], channelCount: 1);

        Assert.HasCount(Steps * Frames, slots);
        for (int n = 0; n < slots.Length; n += 997)
        {
            Assert.AreEqual(n, slots[n]);
        }
    }

    [TestMethod]
    public void Encode_TwoRows_ShareNothing()
    {
        RegularRateEncoder encoder = new(3, spikesPerStep: 0.3f);

        Assert.IsEmpty(EncoderRun.Steps(encoder, 1));
        Assert.IsEmpty(EncoderRun.Steps(encoder, 1));
    }

    [TestMethod]
    public void Encode_LongTrain_KeepsItsIntervals()
    {
        int[] steps = EncoderRun.Steps(new RegularRateEncoder(60_000, spikesPerStep: 0.1f), 1);

        CollectionAssert.AreEqual(Enumerable.Range(0, 6000).Select(k => 10 * k + 9).ToArray(), steps);
    }
}
