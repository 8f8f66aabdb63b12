using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Microsoft.ML.Snn.Encoding.Rows;
using Microsoft.ML.Snn.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Encoders against values worked out by hand, and against their inverses.</summary>
[TestClass]
public sealed class SignalEncodingTests
{
    [TestMethod]
    public void EncodePopulation_OneFeature_SpikesEarliestWhereTheCentreIsNearest()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [0.5f]);

        // K = 5: spacing 1/3, centres -1/6, 1/6, 1/2, 5/6, 7/6, width 2/9. Distances in widths: 3, 1.5, 0, 1.5, 3.
        // Responses exp(-4.5) = 0.011 (silent), exp(-1.125) = 0.3247, 1. Steps of 11: round(0.6753 * 10) = 7, and 0.
        int[] slots = FeatureRows.Slots(context.Snn()
            .EncodePopulation("Spikes", "Features", timeSteps: 11, units: 5).Fit(data).Transform(data))[0];

        CollectionAssert.AreEqual(new[] { 0 * 5 + 2, 7 * 5 + 1, 7 * 5 + 3 }, slots);
    }

    [TestMethod]
    public void EncodePopulation_TwoFeatures_HaveTheirOwnChannelsAndRange()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [-10, 30]);
        SignalEstimator encoder = context.Snn().EncodePopulation(
            "Spikes", "Features", timeSteps: 5, units: 3, minimum: -10, maximum: 30, threshold: 0.9f);

        // K = 3: spacing 40, centres -30, 10, 50; distances of -10 are 20, 20, 60 of width 26.7: exp(-0.28) = 0.755 < 0.9.
        Assert.IsEmpty(FeatureRows.Slots(encoder.Fit(data).Transform(data))[0]);
        IDataView centred = FeatureRows.Load(context, [10, 10]);
        CollectionAssert.AreEqual(new[] { 1, 4 }, FeatureRows.Slots(encoder.Fit(centred).Transform(centred))[0]);
    }

    [TestMethod]
    public void EncodeDelta_Ramp_SendsAnEventWheneverTheThresholdIsCrossed()
    {
        MLContext context = new();

        // Threshold 0.25, first value the reference: +0.1 none, +0.3 up (rest 0.05), -0.7 two down (rest), -0.75 none.
        IDataView data = SignalRows.Series(context, 5, 1, [1, 1.1f, 1.3f, 0.7f, 0.55f]);
        IDataView spikes = context.Snn().EncodeDelta("Spikes", "Features", threshold: 0.25f, timeStep: 2).Fit(data).Transform(data);

        // The reference after step 2 is 1.25; at step 3 the change is -0.55, two thresholds down to 0.75; 0.55 is within.
        float[] expected = new float[10];
        expected[2 * 2] = 1;
        expected[2 * 3 + 1] = 2;
        CollectionAssert.AreEqual(expected, SignalRows.First(spikes, "Spikes"));
        Assert.IsTrue(SpikeColumn.TryGet(spikes.Schema["Spikes"], out SpikeColumn found));
        Assert.AreEqual(new SpikeColumn(5, 2, 2), found);
    }

    /// <summary>0.7 as a float is a little less than seven times 0.1: a change of just the threshold is one all the same.</summary>
    [TestMethod]
    public void EncodeDelta_StepsOfTheThreshold_EachSendAnEvent()
    {
        MLContext context = new();
        IDataView data = SignalRows.Series(context, 10, 1, [0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f]);

        float[] spikes = SignalRows.First(context.Snn().EncodeDelta("Spikes", "Features", threshold: 0.1f).Fit(data).Transform(data), "Spikes");

        CollectionAssert.AreEqual(new float[] { 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0 }, spikes);
    }

    [TestMethod]
    public void EncodeDelta_ThenDecode_GivesTheSeriesBackToWithinOneThreshold() =>
        Gen.Select(Gen.Float[-100, 100].Array[12], Gen.Float[0.01f, 10f]).Sample(
            (series, threshold) =>
            {
                MLContext context = new();
                IDataView data = SignalRows.Series(context, 4, 3, series);
                var chain = context.Snn().EncodeDelta("Spikes", "Features", threshold, startsAtZero: true)
                    .Append(context.Snn().DecodeDelta("Decoded", "Spikes", threshold));

                float[] decoded = SignalRows.First(chain.Fit(data).Transform(data), "Decoded");

                float tolerance = threshold * 1.0001f + 1e-4f;
                return decoded.Length == 12 && decoded.Zip(series, (a, b) => Math.Abs(a - b)).All(error => error <= tolerance);
            },
            iter: 60);

    [TestMethod]
    public void EncodeFrames_ShowsEachFrameForItsSteps()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [1, 2, 0, 4]);

        IDataView spikes = context.Snn().EncodeFrames("Spikes", "Features", stepsPerFrame: 2, channels: 2).Fit(data).Transform(data);

        CollectionAssert.AreEqual(new float[] { 1, 2, 1, 2, 0, 4, 0, 4 }, SignalRows.First(spikes, "Spikes"));
    }

    [TestMethod]
    public void EncodeBinary_ValuesAboveTheThreshold_SpikeInEveryStepOfTheirFrame()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [0, 0.1f, 7, -3, 0.5f, -0.5f]);

        // One frame of six channels: 0.1, 7 and 0.5 are above 0.
        CollectionAssert.AreEqual(new[] { 1, 2, 4, 7, 8, 10 }, FeatureRows.Slots(Encode(context.Snn().EncodeBinary("Spikes", "Features", timeSteps: 2)))[0]);

        // Frames (0, 0.1), (7, -3), (0.5, -0.5), two steps each; 0.5 is not above 0.5.
        CollectionAssert.AreEqual(
            new float[] { 0, 0, 0, 0, 1, -1, 1, -1, 0, 0, 0, 0 },
            SignalRows.First(Encode(context.Snn().EncodeBinary("Spikes", "Features", 2, 0.5f, signed: true, frames: 3, timeStep: 2)), "Spikes"));
        Assert.IsTrue(SpikeColumn.TryGet(
            Encode(context.Snn().EncodeBinary("Spikes", "Features", 2, frames: 3, timeStep: 2)).Schema["Spikes"], out SpikeColumn found));
        Assert.AreEqual(new SpikeColumn(6, 2, 2), found);

        IDataView Encode(SignalEstimator encoder) => encoder.Fit(data).Transform(data);
    }

    [TestMethod]
    public void EncodeRate_SignedFrames_AreAColumnOfTheirStepsAndChannels()
    {
        MLContext context = new();

        // Three frames of two channels, two steps each, worked out in RegularRateEncoderTests: 1 spike per step of 1.
        IDataView data = FeatureRows.Load(context, [0.75f, -0.5f, -1, 0, 0.5f, -1]);
        RateEncodingTransformer encoder = context.Snn().EncodeRate(
            "Spikes", "Features", timeSteps: 2, RateEncoding.Regular, maximumRate: 500, timeStep: 2, signed: true, frames: 3).Fit(data);

        IDataView spikes = encoder.Transform(data);

        CollectionAssert.AreEqual(new float[] { 0, 0, 1, -1, 0, 0, -1, 0, 0, -1, 0, -1 }, SignalRows.First(spikes, "Spikes"));
        Assert.IsTrue(SpikeColumn.TryGet(spikes.Schema["Spikes"], out SpikeColumn found));
        Assert.AreEqual(new SpikeColumn(6, 2, 2), found);
        SignalRows.SaveAndLoad(context, encoder, data.Schema).Transform(data);
    }

    [TestMethod]
    public void EncodeRate_SignedAndEveryStep_GivesADenseRow()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [1, -1]);

        IDataView spikes = context.Snn().EncodeRate(
            "Spikes", "Features", timeSteps: 3, RateEncoding.Regular, maximumRate: 1000, signed: true).Fit(data).Transform(data);

        CollectionAssert.AreEqual(new float[] { 1, -1, 1, -1, 1, -1 }, SignalRows.First(spikes, "Spikes"));
    }

    [TestMethod]
    public void Frames_ThatDoNotDivideTheRow_SaySo()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [0, 0, 0, 0]);

        StringAssert.Contains(
            Message(() => context.Snn().EncodeRate("Spikes", "Features", frames: 3).Fit(data)),
            "Column 'Features' must hold 3 frames of one size, but has 4 features. Set frames", StringComparison.Ordinal);
        StringAssert.Contains(
            Message(() => context.Snn().EncodeBinary("Spikes", "Features", frames: 3).Fit(data)),
            "A row must hold 3 frames of one size, but has 4 values. Set frames", StringComparison.Ordinal);
        StringAssert.Contains(
            Message(() => context.Snn().EncodeRate("Spikes", "Features", frames: 0)), "frames must be 1 to 65536, but was 0", StringComparison.Ordinal);
        StringAssert.Contains(
            Message(() => context.Snn().EncodeBinary("Spikes", "Features", threshold: -1)), "Threshold must be", StringComparison.Ordinal);

        static string Message(Action action) => Assert.Throws<Exception>(action).Message;
    }

    [TestMethod]
    [DataRow(LatencyScale.Linear)]
    [DataRow(LatencyScale.Logarithmic)]
    public void DecodeLatency_AfterEncodeLatency_GivesTheFeaturesBackToWithinAStep(LatencyScale scale)
    {
        const int Steps = 400;
        const float Step = 0.25f;
        MLContext context = new();
        float[] features = [1, 0.9f, 0.61f, 0.4f, 0.25f, 0];
        IDataView data = FeatureRows.Load(context, features);
        var chain = context.Snn().EncodeLatency("Spikes", "Features", Steps, scale, Step)
            .Append(context.Snn().DecodeLatency("Decoded", "Spikes", scale));

        float[] decoded = SignalRows.First(chain.Fit(data).Transform(data), "Decoded");

        for (int i = 0; i < features.Length; i++)
        {
            // A step of the logarithmic scale is worth x (x/0.2 - 1) dt/20 at most.
            float worth = scale == LatencyScale.Linear ? 1f / (Steps - 1) : Math.Max(0.01f, features[i] * (features[i] / 0.2f - 1) * Step / 20);
            Assert.AreEqual(features[i], decoded[i], worth);
        }
    }

    [TestMethod]
    public void Decoders_OneSpikeTrain_AreWorkedOutByHand()
    {
        MLContext context = new();

        // 4 steps of 0.5 ms, 3 channels: channel 0 at steps 1 and 3 (two spikes at once), channel 1 at step 0, channel 2 silent.
        IDataView data = SignalRows.Spikes(context, 4, 3, 0.5f, [0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0]);

        CollectionAssert.AreEqual(new float[] { 3, 1, 0 }, Decode(context.Snn().DecodeSpikeCount("Out", "Spikes")));
        CollectionAssert.AreEqual(new float[] { 1500, 500, 0 }, Decode(context.Snn().DecodeRate("Out", "Spikes")));
        CollectionAssert.AreEqual(new float[] { 0.5f, 0, 2 }, Decode(context.Snn().DecodeFirstSpike("Out", "Spikes")));

        float d = MathF.Exp(-0.25f);
        float[] trace = Decode(context.Snn().DecodeTrace("Out", "Spikes", traceTime: 2, samples: 2));
        float[] expected = [1, d, 0, d * d + 2, d * d * d, 0];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], trace[i], 1e-6f);
        }

        float[] Decode(SignalEstimator decoder) => SignalRows.First(decoder.Fit(data).Transform(data), "Out");
    }

    [TestMethod]
    public void DelayLine_TwoChannels_HaveLaterCopiesInTheirOwnChannels()
    {
        MLContext context = new();
        IDataView data = SignalRows.Spikes(context, 2, 2, 0.5f, [0, 3, 1, 0]);

        // Channel 1 at step 0, channel 0 at step 1; 0.9 ms are 2 steps of 0.5 ms: copies at steps 0, 2, 4 and 1, 3, 5.
        IDataView late = context.Snn().DelayLine("Out", "Spikes", copies: 3, delay: 0.9f).Fit(data).Transform(data);

        float[] expected = new float[6 * 6];
        (expected[0 * 6 + 1], expected[2 * 6 + 3], expected[4 * 6 + 5]) = (3, 3, 3);
        (expected[1 * 6 + 0], expected[3 * 6 + 2], expected[5 * 6 + 4]) = (1, 1, 1);
        CollectionAssert.AreEqual(expected, SignalRows.First(late, "Out"));
        Assert.IsTrue(SpikeColumn.TryGet(late.Schema["Out"], out SpikeColumn found));
        Assert.AreEqual(new SpikeColumn(6, 6, 0.5f), found);
    }

    [TestMethod]
    public void DelayLine_NoDelayOrOneCopy_SaysWhatToUse()
    {
        MLContext context = new();
        IDataView data = SignalRows.Spikes(context, 2, 2, 1, [0, 3, 1, 0]);

        StringAssert.Contains(
            Assert.Throws<ArgumentOutOfRangeException>(() => context.Snn().DelayLine("Out", "Spikes", copies: 1)).Message, "Copies must be 2 to 1024, but was 1");
        StringAssert.Contains(
            Assert.Throws<Exception>(() => context.Snn().DelayLine("Out", "Spikes", delay: 0.2f).Fit(data)).Message, "at least one step");
    }

    [TestMethod]
    public void CropSpikes_KeepsAWindowAndFillsUpWithSilence()
    {
        MLContext context = new();
        IDataView data = SignalRows.Spikes(context, 3, 2, 1, [1, 0, 0, 2, 3, 0]);

        CollectionAssert.AreEqual(new float[] { 0, 2, 3, 0, 0, 0, 0, 0 }, SignalRows.First(
            context.Snn().CropSpikes("Out", timeSteps: 4, firstStep: 1, "Spikes").Fit(data).Transform(data), "Out"));
    }

    [TestMethod]
    public void DelayLine_LongestTrain_Is65536Steps()
    {
        DelayLine line = new() { Copies = 2, Delay = 1 };

        Assert.AreEqual(new SignalShape(65_536, 2, 1), line.OutputOf(new SignalShape(65_535, 1, 1)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => line.OutputOf(new SignalShape(65_536, 1, 1)));
    }

    /// <summary>A zero that a row stores is no spike: it has no latency, and draws no noise.</summary>
    [TestMethod]
    public void Operations_StoredZeros_AreNoSpikes()
    {
        float[] dense = [0, 0, 1, 0, 0, 2, 1, 0, 0, 3, 0, 1];
        int[] slots = [2, 5, 6, 9, 11];
        foreach (SignalOperation operation in new SignalOperation[]
            { new LatencyDecoding(), new SpikeNoise { DropProbability = 0.3f, JitterTime = 2, MaximumShift = 1, Seed = 2 } })
        {
            SignalWriter ofDense = new(), ofSparse = new();
            SignalFunction function = operation.CreateFunction(new SignalShape(4, 3, 1));
            function(new SignalRow(dense, [], "Spikes", 0), ofDense);
            function(new SignalRow([1, 2, 1, 3, 1], slots, "Spikes", 0), ofSparse);
            ofDense.Finish();
            ofSparse.Finish();

            CollectionAssert.AreEqual(ofSparse.Slots.ToArray(), ofDense.Slots.ToArray(), $"{operation}");
            CollectionAssert.AreEqual(ofSparse.Values.ToArray(), ofDense.Values.ToArray(), $"{operation}");
        }
    }

    /// <summary>Whoever adds a kind of noise keeps what the others did: spikes are lost, those that stay move as before.</summary>
    [TestMethod]
    public void AddSpikeNoise_SpikesLostAsWell_MovesTheOthersAsBefore()
    {
        const int Steps = 40, Channels = 30;
        float[] values = [.. Enumerable.Range(1, 100).Select(n => (float)n)];
        int[] slots = [.. Enumerable.Range(0, 100).Select(n => 11 * n + 50)];
        SpikeNoise moving = new() { JitterTime = 2, MaximumShift = 2, Seed = 3 };
        Dictionary<float, int> Noise(SpikeNoise noise)
        {
            SignalWriter output = new();
            noise.CreateFunction(new SignalShape(Steps, Channels, 1))(new SignalRow(values, slots, "Spikes", 0), output);
            return output.Values.ToArray().Zip(output.Slots.ToArray()).ToDictionary(spike => spike.First, spike => spike.Second);
        }

        Dictionary<float, int> all = Noise(moving), some = Noise(moving with { DropProbability = 0.4f });

        Assert.IsInRange(30, 80, some.Count);
        foreach ((float value, int slot) in some)
        {
            Assert.AreEqual(all[value], slot);
        }
    }

    [TestMethod]
    public void AddSpikeNoise_DropsMovesAndShiftsAsOftenAsAsked()
    {
        const int Steps = 50, Channels = 40, Rows = 200;
        MLContext context = new();
        float[][] rows = [.. Enumerable.Range(0, Rows).Select(n =>
            Enumerable.Range(0, Steps * Channels).Select(slot => slot == 25 * Channels + 20 || slot == n ? 1f : 0).ToArray())];
        IDataView data = SignalRows.Spikes(context, Steps, Channels, 0.5f, rows);

        // 400 spikes: 0.3 of them lost is 120 with a standard deviation of 9.2.
        float dropped = 2 * Rows - Sum(context.Snn().AddSpikeNoise("Out", "Spikes", dropProbability: 0.3f, seed: 1));
        Assert.IsTrue(dropped is > 80 and < 160, $"{dropped} of 400 spikes were lost.");

        // The spike in the middle of each of 200 rows: a jitter of 3 ms is 6 steps.
        double[] moves = [.. Middle(context.Snn().AddSpikeNoise("Out", "Spikes", jitterTime: 3, seed: 1)).Select(slot => slot / Channels - 25.0)];
        double deviation = Math.Sqrt(moves.Average(move => move * move));
        Assert.IsTrue(deviation is > 4 and < 8, $"Spikes moved by {deviation} steps.");
        Assert.AreEqual(2f * Rows, Sum(context.Snn().AddSpikeNoise("Out", "Spikes", jitterTime: 3, seed: 1)), "None is lost.");

        int[] shifts = [.. Middle(context.Snn().AddSpikeNoise("Out", "Spikes", maximumShift: 2, seed: 1)).Select(slot => slot % Channels - 20)];
        CollectionAssert.AreEquivalent(new[] { -2, -1, 0, 1, 2 }, shifts.Distinct().ToArray());

        float Sum(SignalEstimator noise) => SignalRows.All(noise.Fit(data).Transform(data), "Out").Sum(row => row.Sum());

        int[] Middle(SignalEstimator noise) => [.. SignalRows.All(noise.Fit(data).Transform(data), "Out").Select(row =>
            Enumerable.Range(0, row.Length).Where(slot => row[slot] > 0).Last())];
    }
}
