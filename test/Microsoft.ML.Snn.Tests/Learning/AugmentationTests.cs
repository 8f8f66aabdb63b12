using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Spikes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>What augmentations do to spikes, and that it depends on seed, epoch and example alone.</summary>
[TestClass]
public sealed class AugmentationTests
{
    private const int Steps = 20;
    private const int Channels = 30;
    private const int Examples = 60;

    private static readonly TrainingData s_data = Draw();

    public static IEnumerable<object[]> Each() =>
    [
        [Augmentation.ShiftChannels(3)],
        [Augmentation.JitterTimes(1.5)],
        [Augmentation.DropSpikes(0.3)],
        [Augmentation.BlendWithSameClass(0.7)],
    ];

    [TestMethod]
    [DynamicData(nameof(Each))]
    public void Draw_Always_DependsOnSeedEpochAndExampleAlone(Augmentation augmentation)
    {
        TrainingSettings settings = Settings(augmentation);
        string[] expected = [.. Enumerable.Range(0, Examples).Select(n => Change(settings, 2, n))];

        CollectionAssert.AreEqual(expected, ChangeAll(settings, 2, [.. Enumerable.Range(0, Examples)]));
        int[] reversed = [.. Enumerable.Range(0, Examples).Reverse()];
        CollectionAssert.AreEqual(expected, ChangeAll(settings, 2, reversed).Reverse().ToArray());
        CollectionAssert.AreNotEqual(expected, ChangeAll(settings, 3, [.. Enumerable.Range(0, Examples)]));
        CollectionAssert.AreNotEqual(expected, ChangeAll(settings with { Seed = 9 }, 2, [.. Enumerable.Range(0, Examples)]));
    }

    [TestMethod]
    public void ShiftChannels_Always_MovesAnExampleAsAWhole()
    {
        HashSet<int> shifts = [];
        foreach (int example in Enumerable.Range(0, Examples))
        {
            (int Step, int Channel, float Value)[] before = Spikes(s_data.Trains, example);
            (int Step, int Channel, float Value)[] after = ChangeOne(Augmentation.ShiftChannels(3), example);
            int[] possible = [.. Enumerable.Range(-3, 7).Where(shift => before
                .Select(s => s with { Channel = s.Channel + shift }).Where(s => s.Channel is >= 0 and < Channels).SequenceEqual(after))];

            Assert.HasCount(1, possible, $"example {example}");
            shifts.Add(possible[0]);
        }

        Assert.HasCount(7, shifts, "Every shift from -3 to 3 occurs.");
    }

    [TestMethod]
    public void JitterTimes_Always_MovesStepsByTheDeviationAndKeepsChannels()
    {
        List<double> moves = [];
        foreach (int example in Enumerable.Range(0, Examples))
        {
            (int Step, int Channel, float Value)[] before = Spikes(s_data.Trains, example);
            (int Step, int Channel, float Value)[] after = ChangeOne(Augmentation.JitterTimes(2), example);
            CollectionAssert.AreEquivalent(before.Select(s => s.Channel).ToArray(), after.Select(s => s.Channel).ToArray());
            CollectionAssert.AreEqual(after.Select(s => s.Step).Order().ToArray(), after.Select(s => s.Step).ToArray(), "Sorted again.");

            // Channels with a single spike, far from the ends, tell how far it moved.
            moves.AddRange(
                from spike in before
                where spike.Step is > 8 and < 11 && before.Count(s => s.Channel == spike.Channel) == 1
                select (double)(after.Single(s => s.Channel == spike.Channel).Step - spike.Step));
        }

        double mean = moves.Average(), variance = moves.Average(m => m * m);
        Assert.IsGreaterThan(40, moves.Count);
        Assert.AreEqual(0, mean, 4 * 2 / Math.Sqrt(moves.Count));
        Assert.AreEqual(4 + 1.0 / 12, variance, 4 * 4 * Math.Sqrt(2.0 / moves.Count), "Rounding adds a twelfth.");
    }

    [TestMethod]
    public void AddNoise_Always_MovesEveryFeatureOfAVectorAlsoThoseOfZero()
    {
        const double Deviation = 0.2;
        TrainingData vectors = Vectors();
        TrainingSettings settings = Settings(Augmentation.AddNoise(Deviation));
        List<double> moves = [];
        foreach (int example in Enumerable.Range(0, Examples))
        {
            SpikeTrains changed = new AugmentedBatch(vectors, settings).Draw([example], 1).Trains;
            Assert.IsTrue(changed.IsConstantCurrent);
            Assert.AreEqual(Steps, changed.Steps);
            moves.AddRange(Features(changed, 0).Zip(Features(vectors.Trains, example), (after, before) => (double)after - before));
        }

        double n = moves.Count;
        Assert.AreEqual(0, moves.Average(), 4 * Deviation / Math.Sqrt(n));
        Assert.AreEqual(Deviation * Deviation, moves.Average(m => m * m), 4 * Deviation * Deviation * Math.Sqrt(2 / n));
        Assert.IsLessThan(moves.Count / 100, moves.Count - moves.Distinct().Count(), "Each feature has noise of its own.");
        double[] ofZeros = [.. Enumerable.Range(0, Examples).SelectMany(example => Features(vectors.Trains, example)).Zip(moves).Where(pair => pair.First == 0).Select(pair => pair.Second)];
        Assert.AreEqual(Deviation * Deviation, ofZeros.Average(m => m * m), 4 * Deviation * Deviation * Math.Sqrt(2.0 / ofZeros.Length));
    }

    [TestMethod]
    public void AddNoise_Always_DependsOnSeedEpochAndExampleAlone()
    {
        TrainingData vectors = Vectors();
        float[] Change(int seed, int epoch, params int[] examples)
        {
            AugmentedBatch batches = new(vectors, Settings(Augmentation.AddNoise(0.2)) with { Seed = seed });
            batches.Draw([0, 1, 2], epoch + 7);
            return Features(batches.Draw(examples, epoch).Trains, examples.Length - 1);
        }

        CollectionAssert.AreEqual(Change(4, 2, 9), Change(4, 2, 3, 5, 9));
        CollectionAssert.AreNotEqual(Change(4, 2, 9), Change(4, 3, 9));
        CollectionAssert.AreNotEqual(Change(4, 2, 9), Change(5, 2, 9));
    }

    [TestMethod]
    public void DropSpikes_Always_KeepsTheShare()
    {
        int kept = 0;
        foreach (int example in Enumerable.Range(0, Examples))
        {
            (int Step, int Channel, float Value)[] after = ChangeOne(Augmentation.DropSpikes(0.3), example);
            Assert.IsEmpty(after.Except(Spikes(s_data.Trains, example)));
            kept += after.Length;
        }

        double n = s_data.Trains.EventCount;
        Assert.AreEqual(0.7 * n, kept, 4 * Math.Sqrt(n * 0.7 * 0.3));
    }

    [TestMethod]
    public void BlendWithSameClass_Always_MixesOneOtherOfItsClassOverTheCentre()
    {
        // Examples of class k have the value k + 1 and a hundred times their index in it: a spike tells where it comes from.
        int blended = 0;
        foreach (int example in Enumerable.Range(0, Examples))
        {
            (int Step, int Channel, float Value)[] after = ChangeOne(Augmentation.BlendWithSameClass(1), example);
            int[] sources = [.. after.Select(s => (int)s.Value / 100).Distinct()];

            Assert.IsTrue(sources.All(source => source % 3 == example % 3), "Only of its class.");
            Assert.IsLessThanOrEqualTo(2, sources.Length);
            blended += sources.Length == 2 ? 1 : 0;
            foreach (int source in sources)
            {
                (int Step, int Channel, float Value)[] original = Spikes(s_data.Trains, source);
                (int steps, int channels) = (Round(Mean(example, s => s.Step) - Mean(source, s => s.Step)), Round(Mean(example, s => s.Channel) - Mean(source, s => s.Channel)));
                Assert.IsEmpty(
                    after.Where(s => (int)s.Value / 100 == source).Except(original.Select(s => (s.Step + steps, s.Channel + channels, s.Value))),
                    "Moved by the distance of the centres.");
            }
        }

        Assert.IsGreaterThan(Examples * 3 / 4, blended);
    }

    /// <summary>Of either example half of the spikes stay, and every other example of the class is as likely.</summary>
    [TestMethod]
    public void BlendWithSameClass_Always_KeepsHalfOfEitherAndDrawsFromTheWholeClass()
    {
        int own = 0, ofOwn = 0, partners = 0, ofPartners = 0;
        HashSet<int> drawn = [];
        foreach (int example in Enumerable.Range(0, Examples))
        {
            (int Step, int Channel, float Value)[] after = ChangeOne(Augmentation.BlendWithSameClass(1), example);
            foreach (int partner in after.Select(s => (int)s.Value / 100).Where(source => source != example).Distinct())
            {
                drawn.Add(partner);
                own += after.Count(s => (int)s.Value / 100 == example);
                ofOwn += s_data.Trains.ChannelsOf(example).Length;
                (int steps, int channels) = (Round(Mean(example, s => s.Step) - Mean(partner, s => s.Step)), Round(Mean(example, s => s.Channel) - Mean(partner, s => s.Channel)));
                partners += after.Count(s => (int)s.Value / 100 == partner);
                ofPartners += Spikes(s_data.Trains, partner).Count(s => s.Step + steps is >= 0 and < Steps && s.Channel + channels is >= 0 and < Channels);
            }
        }

        Assert.AreEqual(0.5, (double)own / ofOwn, 4 * 0.5 / Math.Sqrt(ofOwn));
        Assert.AreEqual(0.5, (double)partners / ofPartners, 4 * 0.5 / Math.Sqrt(ofPartners));

        // 60 draws leave a third of the examples out on average, exp(-1); the first of each class alone would be three.
        Assert.IsGreaterThan(Examples / 2, drawn.Count);
    }

    [TestMethod]
    public void BlendWithSameClass_ExampleWithoutSpikes_NeitherGivesNorTakes()
    {
        SpikeTrainsBuilder builder = new(Steps, Channels, isConstantCurrent: false);
        builder.Add([], []);
        int[] slots = [.. Enumerable.Range(0, 20).Select(n => 20 * n)];
        builder.Add(slots, [.. Enumerable.Repeat(1f, 20)]);
        AugmentedBatch batches = new(new TrainingData(builder.ToSpikeTrains(), Targets.OfClasses([0, 0]), null), Settings(Augmentation.BlendWithSameClass(1)));
        int untouched = 0;
        for (int epoch = 0; epoch < 40; epoch++)
        {
            SpikeTrains changed = batches.Draw([0, 1], epoch).Trains;
            Assert.IsEmpty(Spikes(changed, 0));
            untouched += Spikes(changed, 1).Select(s => s.Step * Channels + s.Channel).SequenceEqual(slots) ? 1 : 0;
        }

        Assert.IsInRange(8, 32, untouched, "About half of the partners have no spikes, and change nothing.");
    }

    [TestMethod]
    public void BlendWithSameClass_LabelsThatAreNoClassOfAnExample_SaysWhatItNeeds()
    {
        foreach (Targets targets in new[] { Targets.OfClasses(new int[Examples * 2], rows: 2), Targets.OfValues(new float[Examples], 1) })
        {
            var error = Assert.ThrowsExactly<InvalidOperationException>(
                () => new AugmentedBatch(s_data with { Targets = targets }, Settings(Augmentation.BlendWithSameClass())));

            StringAssert.StartsWith(error.Message, "Augmentation.BlendWithSameClass needs labels that are one class per example", StringComparison.Ordinal);
        }
    }

    /// <summary>An example that ends after its last spike ends after the last one that it has now.</summary>
    [TestMethod]
    public void Draw_ExamplesOfTheirOwnLength_EndAfterTheirChangedSpikes()
    {
        SpikeTrainsBuilder builder = new(Steps, Channels, isConstantCurrent: false, stepsAfterLastSpike: 3);
        builder.Add([2 * Channels, 7 * Channels], [1, 1]);
        AugmentedBatch batches = new(new TrainingData(builder.ToSpikeTrains(), Targets.OfClasses([0]), null), Settings(Augmentation.JitterTimes(2)));
        for (int epoch = 0; epoch < 10; epoch++)
        {
            SpikeTrains changed = batches.Draw([0], epoch).Trains;

            Assert.AreEqual(Math.Min(Steps, Spikes(changed, 0).Max(s => s.Step) + 1 + 3), changed.StepsOf(0));
        }
    }

    /// <summary>Who would leave the trial stays at its end: a spike there goes nowhere unless it moves inwards, with probability Φ(-1/4).</summary>
    [TestMethod]
    public void JitterTimes_SpikesAtTheEnds_StayInTheTrial()
    {
        int spikes = 0, stayed = 0;
        foreach (int example in Enumerable.Range(0, Examples))
        {
            (int Step, int Channel, float Value)[] after = ChangeOne(Augmentation.JitterTimes(2), example);
            Assert.IsTrue(after.All(s => s.Step is >= 0 and < Steps));
            foreach ((int step, _, float value) in Spikes(s_data.Trains, example).Where(s => s.Step is 0 or Steps - 1))
            {
                spikes++;
                stayed += after.Single(s => s.Value == value).Step == step ? 1 : 0;
            }
        }

        const double Share = 0.5987;
        Assert.IsGreaterThan(100, spikes);
        Assert.AreEqual(Share, (double)stayed / spikes, 4 * Math.Sqrt(Share * (1 - Share) / spikes));
    }

    [TestMethod]
    public void Draw_SeveralAugmentations_ApplyInOrder()
    {
        string together = Change(Settings(Augmentation.DropSpikes(0.3), Augmentation.ShiftChannels(3)), 0, 5);
        string first = Change(Settings(Augmentation.DropSpikes(0.3)), 0, 5);

        Assert.AreEqual(first.Split(' ').Select(s => s.Split(':')[0]).First(), together.Split(' ').Select(s => s.Split(':')[0]).First());
        Assert.AreNotEqual(first, together);
    }

    /// <summary>Two moves that know nothing of each other have twice the variance of one; the same move twice would have four times.</summary>
    [TestMethod]
    public void Draw_SeveralAugmentations_HaveStreamsOfTheirOwn()
    {
        TrainingSettings settings = Settings(Augmentation.JitterTimes(1.5), Augmentation.JitterTimes(1.5));
        double[] moves =
        [
            .. from example in Enumerable.Range(0, Examples)
               let after = Spikes(new AugmentedBatch(s_data, settings).Draw([example], 1).Trains, 0)
               from spike in Spikes(s_data.Trains, example)
               where spike.Step is > 6 and < 13
               select (double)after.Single(s => s.Value == spike.Value).Step - spike.Step,
        ];

        double expected = 2 * (1.5 * 1.5 + 1.0 / 12);
        Assert.IsGreaterThan(300, moves.Length);
        Assert.AreEqual(expected, moves.Average(m => m * m), 4 * expected * Math.Sqrt(2.0 / moves.Length));
    }

    [TestMethod]
    public void Draw_Batch_CarriesLabelsAndWeights()
    {
        TrainingData data = s_data with { Weights = [.. Enumerable.Range(0, Examples).Select(n => n / 10f)] };
        TrainingBatch batch = new AugmentedBatch(data, Settings(Augmentation.DropSpikes(0.1))).Draw([7, 3], 0);

        CollectionAssert.AreEqual(new[] { 0, 1 }, batch.Examples.ToArray());
        CollectionAssert.AreEqual(new[] { 1, 0 }, batch.Targets.Classes.ToArray());
        CollectionAssert.AreEqual(new[] { 0.7f, 0.3f }, batch.ExampleWeights![..2]);
    }

    private static float[] Features(SpikeTrains trains, int example)
    {
        var features = new float[trains.Channels];
        ReadOnlySpan<int> channels = trains.ChannelsOf(example);
        for (int n = 0; n < channels.Length; n++)
        {
            features[channels[n]] = trains.HasValues ? trains.ValuesOf(example)[n] : 1;
        }

        return features;
    }

    /// <summary>Plain vectors with more features than an edited example has room for at first, half of them 0.</summary>
    private static TrainingData Vectors()
    {
        const int Features = 300;
        Random random = new(3);
        SpikeTrainsBuilder builder = new(Steps, Features, isConstantCurrent: true);
        for (int example = 0; example < Examples; example++)
        {
            builder.AddDense([.. Enumerable.Range(0, Features).Select(_ => random.Next(2) * random.NextSingle())]);
        }

        return new TrainingData(builder.ToSpikeTrains(), Targets.OfClasses(new int[Examples]), null);
    }

    private static TrainingSettings Settings(params Augmentation[] augmentations) => new()
    {
        Algorithm = new EventProp(),
        Optimizer = new Adam(),
        NumberOfEpochs = 1,
        BatchSize = Examples,
        Shuffle = true,
        Seed = 4,
        Augmentations = augmentations,
    };

    private static (int Step, int Channel, float Value)[] ChangeOne(Augmentation augmentation, int example) =>
        Spikes(new AugmentedBatch(s_data, Settings(augmentation)).Draw([example], 1).Trains, 0);

    private static string Change(TrainingSettings settings, int epoch, int example) => ChangeAll(settings, epoch, [example])[0];

    private static string[] ChangeAll(TrainingSettings settings, int epoch, int[] examples)
    {
        AugmentedBatch batches = new(s_data, settings);

        // Another batch before it leaves no trace.
        batches.Draw([0, 1, 2], epoch + 7);
        SpikeTrains trains = batches.Draw(examples, epoch).Trains;
        return [.. Enumerable.Range(0, examples.Length).Select(n => string.Join(' ', Spikes(trains, n)))];
    }

    private static double Mean(int example, Func<(int Step, int Channel, float Value), double> of) => Spikes(s_data.Trains, example).Average(of);

    private static int Round(double value) => (int)Math.Round(value);

    private static (int Step, int Channel, float Value)[] Spikes(SpikeTrains trains, int example)
    {
        SpikeEdit edit = new(Steps, Channels);
        edit.Load(trains, example);
        return [.. Enumerable.Range(0, edit.Count).Select(n => (edit.Step[n], edit.Channel[n], edit.Value[n]))];
    }

    private static TrainingData Draw()
    {
        Random random = new(8);
        SpikeTrainsBuilder builder = new(Steps, Channels, isConstantCurrent: false);
        for (int example = 0; example < Examples; example++)
        {
            int[] slots = [.. Enumerable.Range(0, Steps * Channels).Where(_ => random.Next(25) == 0)];
            builder.Add(slots, [.. slots.Select((_, n) => 100f * example + n + 1)]);
        }

        return new TrainingData(builder.ToSpikeTrains(), Targets.OfClasses([.. Enumerable.Range(0, Examples).Select(n => n % 3)]), null);
    }
}
