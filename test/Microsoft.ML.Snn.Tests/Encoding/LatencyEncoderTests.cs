using System;
using Microsoft.ML.Snn.Encoding;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Encoding;

[TestClass]
public sealed class LatencyEncoderTests
{
    [TestMethod]
    [DataRow(1f, 0, DisplayName = "The largest value comes first")]
    [DataRow(0.75f, 5, DisplayName = "0.25 x 19 = 4.75")]
    [DataRow(0.5f, 10, DisplayName = "9.5 goes to the even step")]
    [DataRow(0.25f, 14, DisplayName = "0.75 x 19 = 14.25")]
    [DataRow(0.001f, 19, DisplayName = "Nearly nothing comes last")]
    public void Linear_TwentySteps_SpikesAtTheStepWorkedOutByHand(float feature, int step) =>
        CollectionAssert.AreEqual(new[] { step }, EncoderRun.Steps(new LinearLatencyEncoder(20, threshold: 0), feature));

    [TestMethod]
    [DataRow(0f, 0f)]
    [DataRow(-0f, 0f)]
    [DataRow(0.2f, 0.2f)]
    [DataRow(0.1f, 0.2f)]
    public void Linear_FeatureAtOrBelowThreshold_IsSilent(float feature, float threshold) =>
        Assert.IsEmpty(EncoderRun.Steps(new LinearLatencyEncoder(20, threshold), feature));

    [TestMethod]
    public void Linear_OneStep_PutsEverySpikeThere() =>
        CollectionAssert.AreEqual(new[] { 0, 2 }, EncoderRun.Slots(new LinearLatencyEncoder(1, threshold: 0), [0.1f, 0, 1]));

    [TestMethod]
    public void Linear_SeveralChannels_GivesSlotsInTheOrderOfTime()
    {
        // Steps 2, 0, silent, 2, 1 of 3: slot = step * 5 + channel.
        int[] slots = EncoderRun.Slots(new LinearLatencyEncoder(3, threshold: 0), [0.1f, 1, 0, 0.2f, 0.5f]);

        CollectionAssert.AreEqual(new[] { 1, 9, 10, 13 }, slots);
    }

    [TestMethod]
    [DataRow(1f, 1f, 4, DisplayName = "20 ln(1 / 0.8) = 4.463")]
    [DataRow(0.5f, 1f, 10, DisplayName = "20 ln(5 / 3) = 10.217")]
    [DataRow(0.25f, 1f, 32, DisplayName = "20 ln 5 = 32.189")]
    [DataRow(0.5f, 0.5f, 20, DisplayName = "10.217 ms in steps of 0.5 ms")]
    [DataRow(0.22f, 1f, 48, DisplayName = "20 ln 11 = 47.958")]
    public void Logarithmic_SpikesAtTheStepWorkedOutByHand(float feature, float timeStep, int step) =>
        CollectionAssert.AreEqual(new[] { step }, EncoderRun.Steps(
            new LogarithmicLatencyEncoder(50, threshold: 0.2f, latencyTime: 20, timeStep), feature));

    [TestMethod]
    [DataRow(0f)]
    [DataRow(0.1f)]
    [DataRow(0.2f, DisplayName = "At the threshold the time is infinite")]
    [DataRow(0.21f, DisplayName = "20 ln 21 = 60.9 is after the last of 50 steps")]
    public void Logarithmic_NoStepForTheFeature_IsSilent(float feature) =>
        Assert.IsEmpty(EncoderRun.Steps(
            new LogarithmicLatencyEncoder(50, threshold: 0.2f, latencyTime: 20, timeStep: 1), feature));

    [TestMethod]
    public void Logarithmic_LatestStep_IsTheLastOne()
    {
        // 20 ln(5) = 32.19: inside 33 steps, 0 to 32, and outside 32.
        Assert.HasCount(1, EncoderRun.Steps(new LogarithmicLatencyEncoder(33, 0.2f, 20, 1), 0.25f));
        Assert.IsEmpty(EncoderRun.Steps(new LogarithmicLatencyEncoder(32, 0.2f, 20, 1), 0.25f));
    }

    [TestMethod]
    public void Logarithmic_AgreesWithALeakyNeuronThatIsIntegrated()
    {
        // dV/dt = (x - V) / 20 ms from 0 to the threshold 0.2, by tiny Euler steps.
        const double Step = 1e-4;
        const double Feature = 0.6;
        double membrane = 0, time = 0;
        for (; membrane < 0.2; time += Step)
        {
            membrane += Step * (Feature - membrane) / 20;
        }

        int[] steps = EncoderRun.Steps(new LogarithmicLatencyEncoder(1000, 0.2f, 20, timeStep: 0.1f), (float)Feature);

        CollectionAssert.AreEqual(new[] { (int)Math.Round(time / 0.1) }, steps);
    }

    [TestMethod]
    public void Encode_SparseAndDenseRow_GiveTheSameSlots()
    {
        float[] dense = [0, 0.3f, 0, 0, 1, 0, 0.8f];
        ISpikeEncoder[] encoders =
        [
            new LinearLatencyEncoder(20, 0), new LogarithmicLatencyEncoder(20, 0.2f, 20, 1),
            new RegularRateEncoder(20, 0.5), new PoissonRateEncoder(20, 0.5, seed: 1),
        ];
        foreach (ISpikeEncoder encoder in encoders)
        {
            int[] expected = EncoderRun.Slots(encoder, dense);
            Assert.IsNotEmpty(expected);
            CollectionAssert.AreEqual(
                expected, EncoderRun.Slots(encoder, [0.3f, 1, 0.8f], [1, 4, 6], channelCount: 7), encoder.GetType().Name);
        }
    }
}
