using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Encoding;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Encoding;

[TestClass]
public sealed class PoissonRateEncoderTests
{
    private const int StepCount = 50;
    private const int ChannelCount = 10_000;

    [TestMethod]
    [DataRow(0.2, 1f)]
    [DataRow(0.2, 0.25f)]
    [DataRow(3.0, 0.9f)]
    [DataRow(0.01, 0.5f)]
    public void Encode_ManyChannels_SpikesAsOftenAsTheClosedFormSays(double spikesPerStep, float feature)
    {
        double p = 1 - Math.Exp(-spikesPerStep * feature);
        int[] slots = Encode(spikesPerStep, feature, seed: 1);

        AssertFrequency(p, slots.Length, (long)StepCount * ChannelCount, "all steps");
        foreach (int step in new[] { 0, 1, StepCount / 2, StepCount - 1 })
        {
            AssertFrequency(p, slots.Count(slot => slot / ChannelCount == step), ChannelCount, $"step {step}");
        }
    }

    [TestMethod]
    [DataRow(1, 0, DisplayName = "The next step of the same channel")]
    [DataRow(7, 0, DisplayName = "A later step of the same channel")]
    [DataRow(0, 1, DisplayName = "The same step of the next channel")]
    [DataRow(1, 1, DisplayName = "The next step of the next channel")]
    public void Encode_TwoSlots_SpikeIndependently(int stepsApart, int channelsApart)
    {
        double p = 1 - Math.Exp(-0.5);
        HashSet<int> spikes = [.. Encode(0.5, 1, seed: 2)];

        long pairs = 0, both = 0;
        for (int step = 0; step + stepsApart < StepCount; step += stepsApart + 1)
        {
            for (int channel = 0; channel + channelsApart < ChannelCount; channel += channelsApart + 1)
            {
                int first = step * ChannelCount + channel;
                pairs++;
                both += spikes.Contains(first) && spikes.Contains(first + stepsApart * ChannelCount + channelsApart) ? 1 : 0;
            }
        }

        AssertFrequency(p * p, both, pairs, "pairs");
    }

    [TestMethod]
    public void Encode_OtherSeedOrOtherFeatures_GivesIndependentSpikes()
    {
        double p = 1 - Math.Exp(-0.5);
        HashSet<int> spikes = [.. Encode(0.5, 1, seed: 3)];

        int[] otherSeed = Encode(0.5, 1, seed: 4);
        float[] changed = Enumerable.Repeat(1f, ChannelCount).ToArray();
        changed[^1] = 0.5f;
        int[] otherRow = EncoderRun.Slots(new PoissonRateEncoder(StepCount, 0.5, seed: 3), changed);

        AssertFrequency(p * p, otherSeed.Count(spikes.Contains), StepCount * ChannelCount, "seeds");
        AssertFrequency(p * p, otherRow.Count(spikes.Contains), StepCount * ChannelCount, "rows");
    }

    [TestMethod]
    public void Encode_SameSeedAndFeatures_GivesTheSameSpikes() =>
        CollectionAssert.AreEqual(Encode(0.5, 0.5f, seed: 5), Encode(0.5, 0.5f, seed: 5));

    [TestMethod]
    public void Encode_Zero_IsSilent() => Assert.IsEmpty(Encode(0.5, 0, seed: 6));

    [TestMethod]
    public void Encode_FixedSeed_NeverChangesItsSpikes()
    {
        // A saved model encodes new rows by these numbers: another order of draws would be another model.
        // The slots come from a second implementation, in Python.
        int[] slots = EncoderRun.Slots(new PoissonRateEncoder(20, 0.2, seed: 42), [1, 0.5f, 0, 0.25f]);

        Assert.AreEqual("24 44 49 61 72 76", string.Join(" ", slots));
    }

    [TestMethod]
    public void Encode_NegativeFeatures_SpikeAsOftenAsTheirAbsoluteValueAndNegatively()
    {
        float[] features = [.. Enumerable.Range(0, ChannelCount).Select(channel => channel % 2 == 0 ? 0.4f : -0.4f)];

        (int Slot, float Value)[] spikes = EncoderRun.Spikes(new PoissonRateEncoder(StepCount, 0.5, seed: 8), features);

        Assert.IsTrue(spikes.All(spike => spike.Value == (spike.Slot % 2 == 0 ? 1 : -1)));
        foreach (int sign in new[] { 1, -1 })
        {
            AssertFrequency(1 - Math.Exp(-0.2), spikes.Count(spike => spike.Value == sign), (long)StepCount * ChannelCount / 2, $"sign {sign}");
        }
    }

    [TestMethod]
    public void Encode_ThreeFrames_HaveTheirRatesOneAfterTheOther()
    {
        float[] rates = [0.9f, 0, 0.3f];
        float[] features = [.. rates.SelectMany(rate => Enumerable.Repeat(rate, ChannelCount))];

        int[] slots = EncoderRun.Slots(new PoissonRateEncoder(20, 0.7, seed: 9, frames: 3), features, channelCount: ChannelCount);

        for (int frame = 0; frame < rates.Length; frame++)
        {
            int[] own = [.. slots.Where(slot => slot / ChannelCount / 20 == frame)];
            AssertFrequency(1 - Math.Exp(-0.7 * rates[frame]), own.Length, 20L * ChannelCount, $"frame {frame}");
        }

        CollectionAssert.AreEqual(slots.Order().ToArray(), slots);
    }

    [TestMethod]
    public void Encode_EqualFrames_SpikeIndependently()
    {
        double p = 1 - Math.Exp(-0.5);
        int[] slots = EncoderRun.Slots(
            new PoissonRateEncoder(StepCount, 0.5, seed: 10, frames: 2), [.. Enumerable.Repeat(1f, 2 * ChannelCount)], channelCount: ChannelCount);

        HashSet<int> spikes = [.. slots];

        AssertFrequency(
            p * p, slots.Count(slot => spikes.Contains(slot + StepCount * ChannelCount)), (long)StepCount * ChannelCount, "frames");
    }

    [TestMethod]
    public void NextExponential_ManyDraws_HasTheMeanAndVarianceOfItsDistribution()
    {
        const int Count = 1_000_000;
        CounterRandom random = new(7);
        double sum = 0, squares = 0;
        for (int i = 0; i < Count; i++)
        {
            double x = random.NextExponential();
            sum += x;
            squares += x * x;
        }

        // The mean is 1 with a variance of 1; the mean square is 2 with a variance of 4! - 4 = 20.
        Assert.AreEqual(1, sum / Count, 5 / Math.Sqrt(Count));
        Assert.AreEqual(2, squares / Count, 5 * Math.Sqrt(20.0 / Count));
    }

    private static int[] Encode(double spikesPerStep, float feature, int seed) => EncoderRun.Slots(
        new PoissonRateEncoder(StepCount, spikesPerStep, seed), Enumerable.Repeat(feature, ChannelCount).ToArray());

    private static void AssertFrequency(double probability, long found, long draws, string where)
    {
        double sigma = Math.Sqrt(probability * (1 - probability) / draws);
        Assert.AreEqual(probability, (double)found / draws, 5 * sigma, where);
    }
}
