using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Tests.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

[TestClass]
public sealed class AudioEncodingTests
{
    private static readonly AudioEncoding s_encoding = new() { TimeSteps = 20, TimeStep = 10, Bands = 8, HighestFrequency = 2000, MaximumRate = 100 };

    [TestMethod]
    public void LoadAudioFolder_TwoClasses_GivesLabelNameAndSamples()
    {
        using TemporaryFolder folder = new();
        WriteClasses(folder);
        MLContext context = new();

        IDataView data = context.Snn().LoadAudioFolder(folder.FullName);

        CollectionAssert.AreEqual(new uint[] { 1, 1, 2 }, data.GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreEqual(
            new[] { "a.wav", "b.WAV", "a.wav" }, data.GetColumn<string>("FileName").Select(Path.GetFileName).ToArray());
        CollectionAssert.AreEqual(
            new[] { 800, 1600, 800 }, data.GetColumn<VBuffer<float>>("Samples").Select(samples => samples.Length).ToArray());
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema["Label"].GetKeyValues(ref names);
        CollectionAssert.AreEqual(new[] { "high", "low" }, names.DenseValues().ToArray().Select(name => name.ToString()).ToArray());
        Assert.AreEqual(3, data.GetRowCount());
    }

    [TestMethod]
    public void EncodeAudio_SamplesOrPath_GiveTheSameSpikes()
    {
        using TemporaryFolder folder = new();
        WriteClasses(folder);
        MLContext context = new();
        IDataView data = context.Snn().LoadAudioFolder(folder.FullName);

        int[][] ofSamples = FeatureRows.Slots(context.Snn().EncodeAudio("Spikes", "Samples", s_encoding).Fit(data).Transform(data));
        int[][] ofPaths = FeatureRows.Slots(context.Snn().EncodeAudio("Spikes", "FileName", s_encoding).Fit(data).Transform(data));

        for (int row = 0; row < 3; row++)
        {
            Assert.IsGreaterThan(10, ofSamples[row].Length);
            CollectionAssert.AreEqual(ofSamples[row], ofPaths[row]);
        }
    }

    [TestMethod]
    public void EncodeAudio_SavedAndLoaded_KeepsSettingsAndSpikes()
    {
        using TemporaryFolder folder = new();
        WriteClasses(folder);
        MLContext context = new();
        IDataView data = context.Snn().LoadAudioFolder(folder.FullName);
        AudioEncoding encoding = new()
        {
            TimeSteps = 33,
            TimeStep = 5,
            Bands = 7,
            LowestFrequency = 50,
            HighestFrequency = 1500,
            WindowTime = 30,
            DynamicRange = 44,
            ReferenceLevel = -9,
            Code = AudioCode.LevelCrossing,
            Levels = 3,
            MaximumRate = 77,
        };
        AudioEncodingTransformer saved = context.Snn().EncodeAudio("Spikes", "Samples", encoding, sampleRate: 8000).Fit(data);

        using MemoryStream model = new();
        context.Model.Save(saved, data.Schema, model);
        var loaded = (AudioEncodingTransformer)new MLContext().Model.Load(model, out _);

        Assert.AreEqual(encoding, loaded.Encoding);
        Assert.AreEqual(8000f, loaded.SampleRate);
        Assert.AreEqual("Spikes", loaded.Columns.Single().OutputColumnName);
        int[][] expected = FeatureRows.Slots(saved.Transform(data));
        int[][] found = FeatureRows.Slots(loaded.Transform(data));
        Assert.IsTrue(expected.All(row => row.Length > 0));
        Assert.IsTrue(expected.Zip(found).All(pair => pair.First.SequenceEqual(pair.Second)));
    }

    [TestMethod]
    [DataRow("Bands must be 1 to 1024, but was ")]
    public void Load_DamagedModel_SaysWhat(string expected)
    {
        using TemporaryFolder folder = new();
        WriteClasses(folder);
        MLContext context = new();
        IDataView data = context.Snn().LoadAudioFolder(folder.FullName);
        using MemoryStream model = new();
        context.Model.Save(context.Snn().EncodeAudio("Spikes", "Samples", s_encoding).Fit(data), data.Schema, model);
        using (ZipArchive zip = new(model, ZipArchiveMode.Update, leaveOpen: true))
        {
            using Stream key = zip.Entries.Last(entry => entry.Name == "Model.key").Open();
            byte[] bytes = new byte[key.Length];
            key.ReadExactly(bytes);
            int bands = bytes.AsSpan().LastIndexOf((byte[])[20, 0, 0, 0, 0, 0, 0x20, 0x41, 8, 0, 0, 0]) + 8;
            bytes[bands + 3] = 0x70;
            key.Position = 0;
            key.Write(bytes);
        }

        Exception error = Assert.Throws<Exception>(() => new MLContext().Model.Load(model, out _));

        StringAssert.Contains(error.ToString(), expected, StringComparison.Ordinal);
    }

    [TestMethod]
    public void EncodeAudio_SamplesWithoutRate_AsksForIt()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [0, 0.5f]);

        Exception missing = Assert.Throws<ArgumentException>(() => context.Snn().EncodeAudio("Spikes", "Features").Fit(data).Transform(data));
        Exception low = Assert.Throws<ArgumentException>(
            () => context.Snn().EncodeAudio("Spikes", "Features", sampleRate: 7999).Fit(data).Transform(data));

        StringAssert.Contains(missing.Message, "Give EncodeAudio the sampleRate", StringComparison.Ordinal);
        StringAssert.Contains(low.Message, "must have a sample rate of at least twice the highest frequency of 4000 Hz, but has 7999 Hz",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void EncodeAudio_ColumnOfAnotherType_SaysWhatItNeeds()
    {
        MLContext context = new();
        IDataView data = context.Data.LoadFromEnumerable([new { Number = 1f }]);

        Exception error = Assert.Throws<ArgumentException>(() => context.Snn().EncodeAudio("Spikes", "Number").Fit(data));

        StringAssert.Contains(error.Message, "vector of Single, or Text with the path of a WAV file", StringComparison.Ordinal);
    }

    [TestMethod]
    public void EncodeAudio_SampleThatIsNoNumber_NamesIt()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [0, float.NaN]);
        IDataView spikes = context.Snn().EncodeAudio("Spikes", "Features", sampleRate: 8000).Fit(data).Transform(data);

        // ML.NET reads on several threads and wraps the error.
        Exception error = Assert.Throws<InvalidOperationException>(() => FeatureRows.Slots(spikes));

        StringAssert.Contains(error.ToString(), "but sample 1 of row 0 was NaN", StringComparison.Ordinal);
    }

    [TestMethod]
    public void LoadAudioFolder_FileOfAnotherRate_IsAnErrorWhenItIsRead()
    {
        using TemporaryFolder folder = new();
        WriteClasses(folder);
        folder.Write(Path.Combine("low", "z.wav"), WaveBytes.Create(16_000, 1, 16, false, [0, 0]));
        IDataView data = new MLContext().Snn().LoadAudioFolder(folder.FullName);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => data.GetColumn<VBuffer<float>>("Samples").Count());

        StringAssert.Contains(error.Message, "must have the sample rate of the first file, 8000 Hz, but has 16000 Hz", StringComparison.Ordinal);
    }

    [TestMethod]
    public void LoadAudioFolder_NoClasses_SaysWhatItNeeds()
    {
        using TemporaryFolder folder = new();

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().Snn().LoadAudioFolder(folder.FullName));

        StringAssert.Contains(error.Message, "must hold a folder per class with .wav files in it, but has 0 folders", StringComparison.Ordinal);
    }

    private static void WriteClasses(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder.PathOf("high"));
        Directory.CreateDirectory(folder.PathOf("low"));
        folder.Write(Path.Combine("high", "a.wav"), Tone(1500, 800));
        folder.Write(Path.Combine("high", "b.WAV"), Tone(1200, 1600));
        folder.Write(Path.Combine("high", "notes.txt"), [1]);
        folder.Write(Path.Combine("low", "a.wav"), Tone(300, 800));
    }

    private static byte[] Tone(double frequency, int samples) => WaveBytes.Create(8000, 1, 16, false,
        [.. Enumerable.Range(0, samples).Select(n => 0.5 * Math.Sin(2 * Math.PI * frequency * n / 8000))]);
}
