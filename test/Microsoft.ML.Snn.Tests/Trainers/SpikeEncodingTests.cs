using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

[TestClass]
public sealed class SpikeEncodingTests
{
    private static readonly float[][] s_rows = [[1, 0, 0.5f], [0, 0, 0], [0.1f, 0.9f, 1]];

    [TestMethod]
    public void EncodeLatency_Defaults_GivesSparseSpikesInTheOrderOfTime()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, s_rows);

        IDataView spikes = context.Snn().EncodeLatency("Spikes", "Features").Fit(data).Transform(data);

        // Steps by hand: 0, silent, 9.5 to the even 10; then 17.1, 1.9 and 0. Slot = step * 3 + channel.
        int[][] slots = FeatureRows.Slots(spikes);
        CollectionAssert.AreEqual(new[] { 0, 32 }, slots[0]);
        Assert.IsEmpty(slots[1]);
        CollectionAssert.AreEqual(new[] { 2, 7, 51 }, slots[2]);
    }

    [TestMethod]
    public void EncodeLatency_Bias_AppendsAChannelThatSpikesAtStepZeroOfEveryExample()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, s_rows);

        IDataView spikes = context.Snn().EncodeLatency("Spikes", "Features", bias: true).Fit(data).Transform(data);

        // The steps of the test above, now with slot = step * 4 + channel and the bias in channel 3.
        int[][] slots = FeatureRows.Slots(spikes);
        CollectionAssert.AreEqual(new[] { 0, 3, 42 }, slots[0]);
        CollectionAssert.AreEqual(new[] { 3 }, slots[1]);
        CollectionAssert.AreEqual(new[] { 2, 3, 9, 68 }, slots[2]);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 20, 4), spikes.Schema["Spikes"].Type);
    }

    [TestMethod]
    public void EncodeRate_RegularAtOneSpikePerStep_GivesADenseRow()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [1, 1], [0.5f, 0]);

        IDataView spikes = context.Snn()
            .EncodeRate("Features", timeSteps: 4, kind: RateEncoding.Regular, maximumRate: 10_000, timeStep: 0.1f)
            .Fit(data).Transform(data);

        int[][] slots = FeatureRows.Slots(spikes, "Features");
        CollectionAssert.AreEqual(Enumerable.Range(0, 8).ToArray(), slots[0]);
        CollectionAssert.AreEqual(new[] { 2, 6 }, slots[1]);
    }

    [TestMethod]
    public void Transform_SpikeColumn_SaysItsShapeAndStepEvenAfterAFile()
    {
        using TemporaryFolder folder = new();
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, s_rows);
        IDataView spikes = context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 7, timeStep: 0.5f).Fit(data).Transform(data);
        using (var file = System.IO.File.Create(folder.PathOf("rows.idv")))
        {
            context.Data.SaveAsBinary(spikes, file);
        }

        foreach (IDataView view in new[] { spikes, context.Data.Cache(spikes), context.Data.LoadFromBinary(folder.PathOf("rows.idv")) })
        {
            DataViewSchema.Column column = view.Schema["Spikes"];
            Assert.IsTrue(SpikeColumn.TryGet(column, out SpikeColumn found));
            Assert.AreEqual(new SpikeColumn(7, 3, 0.5f), found);
            Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 7, 3), column.Type);
            Assert.IsTrue(column.IsNormalized());
            Assert.HasCount(3, FeatureRows.Slots(view));
        }
    }

    [TestMethod]
    public void TryGet_OtherColumns_AreNoSpikeTrains()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, s_rows);
        var image = SchemaDefinition.Create(typeof(FeatureRows.FeatureRow));
        image["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, 1);
        IDataView images = context.Data.LoadFromEnumerable(s_rows.Select(row => new FeatureRows.FeatureRow { Features = row }), image);

        Assert.IsFalse(SpikeColumn.TryGet(data.Schema["Features"], out _));
        Assert.IsFalse(SpikeColumn.TryGet(images.Schema["Features"], out _));
    }

    [TestMethod]
    public void Transform_SparseInput_GivesTheSpikesOfTheDenseOne()
    {
        MLContext context = new();
        float[][] rows = FeatureRows.Random(20, 50);
        IDataView dense = FeatureRows.Load(context, rows);
        var schema = SchemaDefinition.Create(typeof(SparseRow));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 50);
        IDataView sparse = context.Data.LoadFromEnumerable(rows.Select(SparseRow.From), schema);
        foreach (IEstimator<ITransformer> encoder in Encoders(context))
        {
            int[][] expected = FeatureRows.Slots(encoder.Fit(dense).Transform(dense));
            int[][] found = FeatureRows.Slots(encoder.Fit(sparse).Transform(sparse));
            AssertSame(expected, found);
        }
    }

    [TestMethod]
    public void Cursors_OfSeveralThreads_GiveTheSameSpikesEveryTime()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, FeatureRows.Random(200, 50));
        foreach (IEstimator<ITransformer> encoder in Encoders(context))
        {
            IDataView spikes = encoder.Fit(data).Transform(data);
            int[][] expected = FeatureRows.Slots(spikes);
            Parallel.For(0, 8, _ => AssertSame(expected, FeatureRows.Slots(spikes)));
        }
    }

    [TestMethod]
    public void Poisson_ShuffledFilteredOrPredictedRow_HasItsOwnSpikes()
    {
        MLContext context = new();
        float[][] rows = FeatureRows.Random(30, 50);
        IDataView data = FeatureRows.Load(context, rows);
        RateEncodingTransformer encoder = context.Snn().EncodeRate("Spikes", "Features", seed: 3).Fit(data);
        int[][] expected = FeatureRows.Slots(encoder.Transform(data));

        int[][] skipped = FeatureRows.Slots(encoder.Transform(context.Data.SkipRows(data, 10)));
        AssertSame(expected[10..], skipped);

        var input = SchemaDefinition.Create(typeof(FeatureRows.FeatureRow));
        input["Features"].ColumnType = data.Schema["Features"].Type;
        var output = SchemaDefinition.Create(typeof(FeatureRows.SpikeRow));
        output["Spikes"].ColumnType = encoder.Transform(data).Schema["Spikes"].Type;
        using var engine = context.Model.CreatePredictionEngine<FeatureRows.FeatureRow, FeatureRows.SpikeRow>(
            encoder, inputSchemaDefinition: input, outputSchemaDefinition: output);
        CollectionAssert.AreEqual(expected[7], engine.Predict(new() { Features = rows[7] }).Spikes.GetIndices().ToArray());
        CollectionAssert.AreEqual(expected[4], engine.Predict(new() { Features = rows[4] }).Spikes.GetIndices().ToArray());
    }

    [TestMethod]
    public void EncodeRate_WithoutSeed_TakesThatOfTheContextOrZero()
    {
        Assert.AreEqual(7, SeedOf(new MLContext(seed: 7), null));
        Assert.AreEqual(9, SeedOf(new MLContext(seed: 7), 9));
        Assert.AreEqual(0, SeedOf(new MLContext(), null));

        static int SeedOf(MLContext context, int? seed) =>
            context.Snn().EncodeRate("Features", seed: seed).Fit(FeatureRows.Load(context, s_rows)).Seed;
    }

    [TestMethod]
    public void Getter_AfterTheFirstRow_AllocatesNothing()
    {
        MLContext context = new();
        float[] row = FeatureRows.Random(1, 784)[0];
        IDataView data = context.Data.Cache(FeatureRows.Load(context, [.. Enumerable.Repeat(row, 200)]));
        foreach (IEstimator<ITransformer> encoder in Encoders(context))
        {
            IDataView spikes = encoder.Fit(data).Transform(data);

            // A cursor set of one is the encoder itself: without it ML.NET copies what other threads read ahead.
            using DataViewRowCursor cursor = spikes.GetRowCursorSet([spikes.Schema["Spikes"]], 1)[0];
            ValueGetter<VBuffer<float>> getSpikes = cursor.GetGetter<VBuffer<float>>(spikes.Schema["Spikes"]);
            VBuffer<float> buffer = default;
            cursor.MoveNext();
            getSpikes(ref buffer);
            cursor.MoveNext();
            getSpikes(ref buffer);

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                getSpikes(ref buffer);
            }

            Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before, encoder.GetType().Name);
            Assert.AreNotEqual(0, buffer.GetValues().Length);
        }
    }

    private static IEstimator<ITransformer>[] Encoders(MLContext context) =>
    [
        context.Snn().EncodeLatency("Spikes", "Features"),
        context.Snn().EncodeLatency("Spikes", "Features", scale: LatencyScale.Logarithmic),
        context.Snn().EncodeLatency("Spikes", "Features", bias: true),
        context.Snn().EncodeRate("Spikes", "Features", seed: 5),
        context.Snn().EncodeRate("Spikes", "Features", kind: RateEncoding.Regular),
    ];

    private static void AssertSame(int[][] expected, int[][] found)
    {
        Assert.HasCount(expected.Length, found);
        Assert.IsTrue(expected.Any(row => row.Length > 0));
        for (int i = 0; i < expected.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i], found[i], $"row {i}");
        }
    }

    private sealed class SparseRow
    {
        public VBuffer<float> Features { get; set; }

        public static SparseRow From(float[] dense)
        {
            int[] stored = [.. Enumerable.Range(0, dense.Length).Where(i => dense[i] != 0 || i % 7 == 0)];
            return new() { Features = new VBuffer<float>(dense.Length, stored.Length, [.. stored.Select(i => dense[i])], stored) };
        }
    }
}
