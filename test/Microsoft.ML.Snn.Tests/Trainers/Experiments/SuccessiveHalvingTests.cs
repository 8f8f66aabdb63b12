using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Trainers.Experiments;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Experiments;

[TestClass]
public sealed class SuccessiveHalvingTests
{
    [TestMethod]
    public void Next_TriesTheDefaultAndAWiderOneThenNineThenTheBestThreeThenTheBest()
    {
        var search = new SuccessiveHalving(new TrialSampler(isSpikeTrain: false, features: 4, seed: 1), epochs: 27);
        List<SnnTrialSettings> tried = [];
        for (int n = 0; n < 2 + 9 + 3 + 1; n++)
        {
            SnnTrialSettings settings = search.Next();
            tried.Add(settings);

            // The learning rate stands in for how good the settings are; one fails.
            search.Report(settings, n == 3 ? double.NaN : settings.LearningRate);
        }

        Assert.AreEqual(SnnInputEncoding.Current, tried[0].Encoding);
        Assert.AreEqual(SnnTrainer.Defaults.LearningRate, tried[0].LearningRate);
        Assert.IsFalse(tried[0].CosineSchedule);
        Assert.IsTrue(tried[1].CosineSchedule);
        Assert.IsGreaterThan(tried[0].HiddenNeurons, tried[1].HiddenNeurons);
        CollectionAssert.AreEqual(
            new[] { 27, 81 }.Concat(Enumerable.Repeat(3, 9)).Concat(Enumerable.Repeat(9, 3)).Append(27).ToArray(),
            tried.Select(settings => settings.NumberOfEpochs).ToArray());
        double[] best = [.. tried[2..11].Where((_, n) => n != 1).Select(s => s.LearningRate).OrderDescending().Take(3)];
        CollectionAssert.AreEqual(best, tried[11..14].Select(settings => settings.LearningRate).ToArray());
        Assert.AreEqual(best[0], tried[14].LearningRate);
        Assert.AreEqual(3, search.Next().NumberOfEpochs, "The next bracket begins.");
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
