using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

[TestClass]
public sealed class SpikeEncodingModelTests
{
    [TestMethod]
    public void SaveAndLoad_Latency_KeepsSettingsAndSpikes()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, FeatureRows.Random(20, 30));
        LatencyEncodingTransformer saved = context.Snn().EncodeLatency(
            "Spikes", "Features", timeSteps: 33, LatencyScale.Logarithmic, timeStep: 0.5f, threshold: 0.1f,
            latencyTime: 7, OutOfRange.Clip, bias: true).Fit(data);

        var loaded = (LatencyEncodingTransformer)SaveAndLoad(saved, data);

        Assert.AreEqual(33, loaded.TimeSteps);
        Assert.AreEqual(LatencyScale.Logarithmic, loaded.Scale);
        Assert.AreEqual(0.5f, loaded.TimeStep);
        Assert.AreEqual(0.1f, loaded.Threshold);
        Assert.AreEqual(7f, loaded.LatencyTime);
        Assert.IsTrue(loaded.Bias);
        Assert.AreEqual(OutOfRange.Clip, loaded.OutOfRange);
        AssertSameSpikes(saved, loaded, data);
    }

    [TestMethod]
    public void SaveAndLoad_Rate_KeepsSettingsAndSpikes()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, FeatureRows.Random(20, 30));
        foreach (RateEncoding kind in Enum.GetValues<RateEncoding>())
        {
            RateEncodingTransformer saved = context.Snn().EncodeRate(
                "Spikes", "Features", timeSteps: 33, kind, maximumRate: 123, seed: -9, timeStep: 0.5f, OutOfRange.Clip, signed: true, frames: 5).Fit(data);

            var loaded = (RateEncodingTransformer)SaveAndLoad(saved, data);

            Assert.AreEqual(33, loaded.TimeSteps);
            Assert.AreEqual(kind, loaded.Kind);
            Assert.AreEqual(123f, loaded.MaximumRate);
            Assert.AreEqual(-9, loaded.Seed);
            Assert.IsTrue(loaded.Signed);
            Assert.AreEqual(5, loaded.Frames);
            Assert.AreEqual(0.5f, loaded.TimeStep);
            Assert.AreEqual(OutOfRange.Clip, loaded.OutOfRange);
            Assert.AreEqual("Spikes", loaded.Columns.Single().OutputColumnName);
            Assert.AreEqual("Features", loaded.Columns.Single().InputColumnName);
            AssertSameSpikes(saved, loaded, data);
        }
    }

    [TestMethod]
    public void RegisterAssembly_Ours_FindsEveryLoadableClass() =>
        new MLContext().ComponentCatalog.RegisterAssembly(typeof(SnnOperations).Assembly, throwOnError: true);

    [TestMethod]
    [DataRow(0, 0, "The number of columns is damaged.")]
    [DataRow(0, int.MaxValue, "The number of columns is damaged.")]
    [DataRow(12, 0, "The number of time steps is damaged.")]
    [DataRow(12, 65_537, "The number of time steps is damaged.")]
    [DataRow(16, -1, "The length of the time step is damaged.", DisplayName = "A time step of NaN")]
    [DataRow(20, 2, "The treatment of values out of range is damaged.")]
    [DataRow(21, 2, "The latency scale is damaged.")]
    [DataRow(22, 0x3F800000, "The threshold is damaged.", DisplayName = "A threshold of 1")]
    [DataRow(22, 0, "The threshold is damaged.", DisplayName = "A threshold of 0 on the logarithmic scale")]
    [DataRow(26, 0, "The latency time is damaged.")]
    [DataRow(30, 2, "The bias flag is damaged.")]
    public void Load_DamagedLatencyModel_SaysWhat(int offset, int value, string expected)
    {
        MLContext context = new();
        AssertDamaged(
            context.Snn().EncodeLatency("Spikes", "Features", scale: LatencyScale.Logarithmic), offset, value, expected);
    }

    [TestMethod]
    [DataRow(21, 2, "The kind of rate encoding is damaged.")]
    [DataRow(22, 0, "The maximum rate is damaged.")]
    [DataRow(22, 0x447A2000, "The maximum rate is damaged.", DisplayName = "1000.5 Hz in steps of 1 ms")]
    [DataRow(30, 2, "The flag of signed features is damaged.")]
    [DataRow(31, 0, "The number of frames is damaged.")]
    [DataRow(31, 65_537, "The number of frames is damaged.")]
    public void Load_DamagedRateModel_SaysWhat(int offset, int value, string expected)
    {
        MLContext context = new();
        AssertDamaged(
            context.Snn().EncodeRate("Spikes", "Features", kind: RateEncoding.Regular), offset, value, expected);
    }

    private static void AssertDamaged(IEstimator<ITransformer> encoder, int offset, int value, string expected)
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [1, 0, 0.5f]);
        using MemoryStream model = new();
        context.Model.Save(encoder.Fit(data), data.Schema, model);
        Alter(model, offset, value);

        Exception error = Assert.Throws<Exception>(() => new MLContext().Model.Load(model, out _));

        // ML.NET finds our constructor by reflection and wraps what it throws.
        StringAssert.Contains(error.ToString(), expected, StringComparison.Ordinal);
    }

    /// <summary>Overwrites a setting: a byte for those of one byte, four bytes for the others.</summary>
    private static void Alter(MemoryStream model, int offset, int value)
    {
        const int HeaderLength = 0x100;
        using ZipArchive zip = new(model, ZipArchiveMode.Update, leaveOpen: true);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.Name == "Model.key"))
        {
            using Stream stream = entry.Open();
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            string signature = System.Text.Encoding.ASCII.GetString(bytes, 0x40, 8);
            if (signature.StartsWith("SNN", StringComparison.Ordinal))
            {
                byte[] replacement = offset is 20 or 21 or 30 ? [(byte)value] : BitConverter.GetBytes(value);
                replacement.CopyTo(bytes, HeaderLength + offset);
                stream.Position = 0;
                stream.Write(bytes);
                return;
            }
        }

        Assert.Fail("The model has no encoder.");
    }

    private static ITransformer SaveAndLoad(ITransformer transformer, IDataView data)
    {
        using MemoryStream model = new();
        new MLContext().Model.Save(transformer, data.Schema, model);
        model.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(model, out _);
        return loaded is TransformerChain<ITransformer> chain ? chain.Single() : loaded;
    }

    private static void AssertSameSpikes(ITransformer saved, ITransformer loaded, IDataView data)
    {
        int[][] expected = FeatureRows.Slots(saved.Transform(data));
        int[][] found = FeatureRows.Slots(loaded.Transform(data));
        Assert.IsTrue(expected.Any(row => row.Length > 0));
        for (int i = 0; i < expected.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i], found[i]);
        }
    }
}
