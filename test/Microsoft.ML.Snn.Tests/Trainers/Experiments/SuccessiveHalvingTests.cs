using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Trainers.Experiments;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Experiments;

[TestClass]
public sealed class SuccessiveHalvingTests
{
    [TestMethod]
    public void Next_TriesTheDefaultAndTwoWiderOnesThenNineThenTheBestThreeThenTheBest()
    {
        var search = new SuccessiveHalving(new TrialSampler(isSpikeTrain: false, features: 4, seed: 1), epochs: 27, rows: 2000);
        List<SnnTrialSettings> tried = [];
        for (int n = 0; n < 3 + 9 + 3 + 1; n++)
        {
            SnnTrialSettings settings = search.Next();
            tried.Add(settings);

            // The learning rate stands in for how good the settings are; one fails.
            search.Report(settings, n == 4 ? double.NaN : settings.LearningRate);
        }

        Assert.AreEqual(SnnInputEncoding.Current, tried[0].Encoding);
        Assert.AreEqual(SnnTrainer.Defaults.LearningRate, tried[0].LearningRate);
        Assert.IsFalse(tried[0].CosineSchedule);
        Assert.IsGreaterThan(0, tried[1].FeatureNoise);
        Assert.AreEqual(0, tried[2].FeatureNoise);
        foreach (SnnTrialSettings wide in tried[1..3])
        {
            Assert.IsTrue(wide.CosineSchedule);
            Assert.IsGreaterThan(tried[0].HiddenNeurons, wide.HiddenNeurons);
        }

        CollectionAssert.AreEqual(
            new[] { 27, 180, 81 }.Concat(Enumerable.Repeat(3, 9)).Concat(Enumerable.Repeat(9, 3)).Append(27).ToArray(),
            tried.Select(settings => settings.NumberOfEpochs).ToArray());
        double[] best = [.. tried[3..12].Where((_, n) => n != 1).Select(s => s.LearningRate).OrderDescending().Take(3)];
        CollectionAssert.AreEqual(best, tried[12..15].Select(settings => settings.LearningRate).ToArray());
        Assert.AreEqual(best[0], tried[15].LearningRate);
        Assert.AreEqual(3, search.Next().NumberOfEpochs, "The next bracket begins.");
    }

    [TestMethod]
    public void Next_SpikeTrains_HaveNoFeaturesToAddNoiseTo()
    {
        var search = new SuccessiveHalving(new TrialSampler(isSpikeTrain: true, features: 4, seed: 1), epochs: 27, rows: 2000);
        SnnTrialSettings[] tried = [.. Enumerable.Range(0, 11).Select(_ => search.Next())];

        CollectionAssert.AreEqual(new[] { 27, 81, 3 }, tried[..3].Select(settings => settings.NumberOfEpochs).ToArray());
        Assert.IsTrue(tried.All(settings => settings.FeatureNoise == 0 && settings.Augmentations().Count == 0));
    }

    [TestMethod]
    [DataRow(500, 100, 1500, DisplayName = "A small table has epochs enough.")]
    [DataRow(20, 10_000, 60)]
    [DataRow(20, 5_000, 120)]
    [DataRow(20, 60_000, 60, DisplayName = "A large one has neighbours enough.")]
    public void Next_Noise_TrainsForAsLongAsTheTableNeeds(int epochs, int rows, int expected)
    {
        var search = new SuccessiveHalving(new TrialSampler(isSpikeTrain: false, features: 4, seed: 1), epochs, rows);
        search.Next();

        Assert.AreEqual(expected, search.Next().NumberOfEpochs);
    }

    [TestMethod]
    public void Augmentations_Noise_IsThatOfTheEncoding()
    {
        var sampler = new TrialSampler(isSpikeTrain: false, features: 4, seed: 1);
        SnnTrialSettings settings = sampler.Default with { FeatureNoise = 0.1, TimeSteps = 21 };

        Assert.AreEqual(Augmentation.AddNoise(0.1), settings.Augmentations().Single());
        Assert.AreEqual(Augmentation.JitterTimes(2), (settings with { Encoding = SnnInputEncoding.Latency }).Augmentations().Single());
        Assert.IsEmpty((settings with { Encoding = SnnInputEncoding.Population }).Augmentations());
        Assert.IsEmpty((settings with { FeatureNoise = 0 }).Augmentations());

        SnnTrialSettings[] drawn = [.. Enumerable.Range(0, 200).Select(_ => sampler.Next())];
        Assert.IsTrue(drawn.Where(s => s.FeatureNoise > 0).All(s => s.Augmentations().Count == 1), "Noise is drawn only where it does something.");
        Assert.IsTrue(drawn.Any(s => s.FeatureNoise > 0 && s.Encoding == SnnInputEncoding.Latency));
    }

    [TestMethod]
    public void Sampler_SameSeed_DrawsTheSame_OtherSeedOthers()
    {
        string Draw(int seed)
        {
            var sampler = new TrialSampler(isSpikeTrain: true, features: 4, seed);
            return string.Join(";", Enumerable.Range(0, 20).Select(_ => sampler.Next() with { Seed = 0 }));
        }

        Assert.AreEqual(Draw(3), Draw(3));
        Assert.AreNotEqual(Draw(3), Draw(4));
        StringAssert.Contains(Draw(3), "recurrent", System.StringComparison.Ordinal);
        StringAssert.Contains(Draw(3), "Spikes", System.StringComparison.Ordinal);
    }
}
