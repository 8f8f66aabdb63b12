using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Encoding;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Encoding;

[TestClass]
public sealed class AudioEncoderTests
{
    private const int SampleRate = 8000;

    /// <summary>A tone that comes and goes crosses each level below its own once up and once down, and no other.</summary>
    [TestMethod]
    public void Encode_ToneWithLevelCrossing_SpikesAtItsBeginningAndEnd()
    {
        AudioEncoding encoding = new() { Code = AudioCode.LevelCrossing, Bands = 20, Levels = 4, DynamicRange = 40, TimeSteps = 60, TimeStep = 10 };
        float[] sound = Tone(frequency: 1000, from: 0.2, to: 0.4, amplitude: 0.3);

        (int Channel, int Step)[] spikes = Encode(encoding, sound);

        // The band of 1000 Hz, by the mel scale: (1000 - 150.5) / ((2146.1 - 150.5) / 21) - 1 = 7.9.
        (int Channel, int Step)[] loudest = [.. spikes.Where(spike => spike.Channel / 8 == 8)];
        CollectionAssert.AreEquivalent(Enumerable.Range(64, 8).ToArray(), loudest.Select(spike => spike.Channel).ToArray());
        foreach ((int channel, int step) in loudest)
        {
            int expected = channel % 2 == 0 ? 20 : 41;
            Assert.IsTrue(Math.Abs(step - expected) <= 2, $"channel {channel} spikes at step {step}");
        }

        int[] ups = [.. loudest.Where(spike => spike.Channel % 2 == 0).Select(spike => spike.Step)];
        CollectionAssert.AreEqual(ups.Order().ToArray(), ups);
    }

    [TestMethod]
    public void Encode_ToneWithRate_SpikesAtTheMaximumRateInItsBand()
    {
        AudioEncoding encoding = new() { Bands = 20, MaximumRate = 50, TimeSteps = 100, TimeStep = 10, DynamicRange = 20 };

        (int Channel, int Step)[] spikes = Encode(encoding, Tone(frequency: 1000, from: 0, to: 1, amplitude: 0.3));

        Assert.AreEqual(50, spikes.Count(spike => spike.Channel == 8), 1.0);
        Assert.AreEqual(0, spikes.Count(spike => spike.Channel is < 6 or > 10));
    }

    [TestMethod]
    public void Encode_QuieterSound_HasTheSameSpikesUnlessTheReferenceIsFixed()
    {
        float[] sound = [.. Noise(1, 4000)];
        float[] quiet = [.. sound.Select(x => x / 16)];

        CollectionAssert.AreEqual(Encode(new(), sound), Encode(new(), quiet));
        Assert.IsLessThan(
            Encode(new() { ReferenceLevel = -20 }, sound).Length, Encode(new() { ReferenceLevel = -20 }, quiet).Length);
    }

    [TestMethod]
    [DataRow(AudioCode.LevelCrossing)]
    [DataRow(AudioCode.Rate)]
    public void Encode_SilenceOrNothing_HasNoSpikes(AudioCode code)
    {
        Assert.IsEmpty(Encode(new() { Code = code }, new float[8000]));
        Assert.IsEmpty(Encode(new() { Code = code }, []));
    }

    /// <summary>A recording may be shorter or longer than the trial, and of any rate that holds the bands.</summary>
    [TestMethod]
    public void Encode_AnyLength_StaysInsideTheTrial()
    {
        AudioEncoding encoding = new() { TimeSteps = 30, TimeStep = 10, MaximumRate = 100 };
        foreach (int length in new[] { 1, 79, 80, 2399, 2400, 2401, 20_000 })
        {
            Assert.IsTrue(Encode(encoding, [.. Noise(length, length)]).All(
                spike => spike.Step is >= 0 and < 30 && spike.Channel >= 0 && spike.Channel < encoding.Channels));
        }

        CollectionAssert.AreEqual(
            Encode(encoding with { ReferenceLevel = -20 }, [.. Noise(3, 2400)]),
            Encode(encoding with { ReferenceLevel = -20 }, [.. Noise(3, 2400), .. Noise(4, 2400)]));
    }

    [TestMethod]
    public void Validate_SettingOutOfRange_NamesIt()
    {
        AssertName("Bands", new() { Bands = 0 });
        AssertName("HighestFrequency", new() { LowestFrequency = 4000 });
        AssertName("HighestFrequency", new() { HighestFrequency = float.NaN });
        AssertName("DynamicRange", new() { DynamicRange = 0 });
        AssertName("MaximumRate", new() { MaximumRate = 201 });
        AssertName("ReferenceLevel", new() { ReferenceLevel = float.NaN });
        AssertName("slots", new() { TimeSteps = 65_536, Bands = 1024, Code = AudioCode.LevelCrossing, Levels = 64 });

        static void AssertName(string name, AudioEncoding encoding) => Assert.AreEqual(
            name, Assert.ThrowsExactly<ArgumentOutOfRangeException>(encoding.Validate).ParamName);
    }

    private static (int Channel, int Step)[] Encode(AudioEncoding encoding, float[] sound)
    {
        SpikeRaster raster = new();
        raster.Reset(encoding.TimeSteps, encoding.Channels);
        new AudioEncoder(encoding).Encode(sound, SampleRate, raster);
        int[] slots = new int[raster.Count];
        raster.MoveTo(slots, new float[raster.Count]);
        return [.. slots.Select(slot => (slot % encoding.Channels, slot / encoding.Channels)).Order()];
    }

    private static float[] Tone(double frequency, double from, double to, double amplitude) =>
    [
        .. Enumerable.Range(0, SampleRate).Select(n => (double)n / SampleRate)
            .Select(t => t >= from && t < to ? (float)(amplitude * Math.Sin(2 * Math.PI * frequency * t)) : 0),
    ];

    private static IEnumerable<float> Noise(int seed, int count)
    {
        Random random = new(seed);
        for (int n = 0; n < count; n++)
        {
            yield return random.NextSingle() - 0.5f;
        }
    }
}
