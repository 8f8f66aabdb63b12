using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Raw events as columns become spike trains, and spike trains events.</summary>
[TestClass]
public sealed class EventEncodingTests
{
    private const string Saccade = "event-samples/sample_nmnist.bin";
    private const string Atis = "event-samples/sample_ncars.dat";

    [TestMethod]
    public void EncodeEvents_ByHand_CountsEventsPerStepAndChannel()
    {
        MLContext context = new();
        IDataView data = Load(context, new EventRow { Times = [0, 0.9, 1, 1, 3.99], Channels = [2, 0, 1, 1, 2] }, new EventRow());

        IDataView encoded = context.Snn().EncodeEvents("Spikes", 3, timeSteps: 4).Fit(data).Transform(data);

        Assert.AreEqual(1f, AnnotatedStep(encoded));
        CollectionAssert.AreEqual(new float[] { 1, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 1 }, SignalRows.All(encoded, "Spikes")[0]);
        CollectionAssert.AreEqual(new float[12], SignalRows.All(encoded, "Spikes")[1], "A row without events is silent.");
    }

    /// <summary>Whatever a step and a unit are in binary, an event on a boundary belongs to the later step, and one just before it to the earlier.</summary>
    [TestMethod]
    [DataRow(0.1f, 0.001, 100.0)]
    [DataRow(3f, 0.001, 3000.0)]
    [DataRow(0.7f, 0.1, 7.0)]
    [DataRow(10f, 10.0, 1.0)]
    [DataRow(0.3f, 0.1, 3.0)]
    [DataRow(3e-7f, 1e-7, 3.0)]
    public void EncodeEvents_OnABoundary_BelongsToTheLaterStep(float timeStep, double timeUnit, double unitsPerStep)
    {
        MLContext context = new();
        double[] times = [.. Enumerable.Range(0, 200).SelectMany(step => new[] { step * unitsPerStep, (step + 1) * unitsPerStep * (1 - 1e-14) })];
        IDataView data = Load(context, new EventRow { Times = times, Channels = new uint[400] });

        float[] counts = SignalRows.First(
            context.Snn().EncodeEvents("Spikes", 1, timeSteps: 200, timeStep: timeStep, timeUnit: timeUnit).Fit(data).Transform(data), "Spikes");

        CollectionAssert.AreEqual(Enumerable.Repeat(2f, 200).ToArray(), counts);
    }

    [TestMethod]
    public void EncodeEvents_StartsAtFirstEvent_TakesItsTimeAway()
    {
        MLContext context = new();
        IDataView data = Load(context, new EventRow { Times = [1e15, 1e15 + 1500], Channels = [0, 0] });

        float[] spikes = SignalRows.First(
            context.Snn().EncodeEvents("Spikes", 1, timeSteps: 2, timeUnit: 0.001, startsAtFirstEvent: true).Fit(data).Transform(data), "Spikes");

        CollectionAssert.AreEqual(new float[] { 1, 1 }, spikes);
    }

    /// <summary>The events of the published files give the spike trains that the loader makes of the files.</summary>
    [TestMethod]
    [DataRow(Saccade, 34, 34, 4325)]
    [DataRow(Atis, 120, 100, 2009)]
    [RequiresData(Saccade, Atis)]
    public void EncodeEvents_RealFile_IsWhatTheLoaderMakes(string path, int width, int height, int count)
    {
        MLContext context = new();
        byte[] file = File.ReadAllBytes(TestData.Path(path));
        List<SensorEvent> events = EventFile.Parse(file, path);
        IDataView columns = Load(context, new EventRow
        {
            Times = [.. events.Select(e => (double)e.Time)],
            Channels = [.. events.Select(e => (uint)(e.Y * width + e.X))],
            Polarities = [.. events.Select(e => e.IsOn)],
        });
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.PathOf("a"));
        folder.Write(Path.Combine("a", "a" + Path.GetExtension(path)), file);
        IDataView loaded = context.Snn().LoadEvents(folder.FullName, new EventBinning(width, height) { TimeSteps = 40, TimeStep = 10 });

        EventEncodingEstimator encoder = context.Snn().EncodeEvents(
            "Spikes", width * height, polaritiesColumnName: "Polarities", timeSteps: 40, timeStep: 10, timeUnit: 0.001, startsAtFirstEvent: true);
        IDataView encoded = encoder.Fit(columns).Transform(columns);

        float[] expected = SignalRows.First(loaded, "Spikes");
        Assert.AreEqual(count, expected.Sum());
        CollectionAssert.AreEqual(expected, SignalRows.First(encoded, "Spikes"));
        Assert.AreEqual(loaded.Schema["Spikes"].Type, encoded.Schema["Spikes"].Type);
    }

    /// <summary>Decoding gives the events of the file, to within half a step; encoding them again gives the same spike train.</summary>
    [TestMethod]
    [RequiresData(Saccade)]
    public void DecodeEvents_RealFile_IsTheInverse()
    {
        MLContext context = new();
        List<SensorEvent> events = EventFile.Parse(File.ReadAllBytes(TestData.Path(Saccade)), Saccade);
        IDataView columns = Load(context, new EventRow
        {
            Times = [.. events.Select(e => (double)e.Time)],
            Channels = [.. events.Select(e => (uint)(e.Y * 34 + e.X))],
            Polarities = [.. events.Select(e => e.IsOn)],
        });
        SnnOperations snn = context.Snn();
        var pipeline = snn.EncodeEvents("Spikes", 34 * 34, polaritiesColumnName: "Polarities", timeSteps: 400, timeUnit: 0.001)
            .Append(snn.DecodeEvents("Spikes", "T", "C", "P", timeUnit: 0.001))
            .Append(snn.EncodeEvents("Again", 34 * 34, "T", "C", "P", timeSteps: 400, timeUnit: 0.001));

        IDataView result = pipeline.Fit(columns).Transform(columns);

        double[] times = Only<double>(result, "T");
        int[] channels = Only<int>(result, "C");
        bool[] polarities = Only<bool>(result, "P");
        Assert.HasCount(4325, times);
        (long Step, bool IsOn, int Channel)[] sorted =
            [.. events.Select(e => (e.Time / 1000, e.IsOn, e.Y * 34 + e.X)).Order()];
        CollectionAssert.AreEqual(sorted, times.Select((time, n) => ((long)(time / 1000), polarities[n], channels[n])).ToArray());
        Assert.IsTrue(times.Zip(times.Skip(1)).All(pair => pair.First <= pair.Second));
        Assert.AreEqual(500, times[0] % 1000, 1e-9, "An event is in the middle of its step.");
        CollectionAssert.AreEqual(SignalRows.First(result, "Spikes"), SignalRows.First(result, "Again"));
    }

    [TestMethod]
    public void SavedAndLoaded_OnSeveralThreads_GivesTheSame()
    {
        MLContext context = new();
        IDataView data = Load(context, [.. Enumerable.Range(0, 500).Select(row => new EventRow
        {
            Times = [row % 7, 8], Channels = [(uint)(row % 3), 1], Polarities = [row % 2 == 0, true],
        })]);
        SnnOperations snn = context.Snn();
        var pipeline = snn.EncodeEvents("Spikes", 3, polaritiesColumnName: "Polarities", timeSteps: 5, timeStep: 1.5f, outOfRange: OutOfRange.Clip)
            .Append(snn.DecodeEvents("Spikes", "T", "C", "P", 2));
        var model = pipeline.Fit(data);

        var loaded = (TransformerChain<ITransformer>)SignalRows.SaveAndLoad(context, model, data.Schema);

        Assert.AreEqual(((EventEncodingTransformer)model.First()).Encoding, loaded.OfType<EventEncodingTransformer>().Single().Encoding);
        Assert.AreEqual(2, loaded.OfType<EventDecodingTransformer>().Single().TimeUnit);
        float[][] expected = SignalRows.All(model.Transform(data), "Spikes");
        IDataView again = loaded.Transform(data);
        Parallel.For(0, 4, _ =>
        {
            float[][] found = SignalRows.All(again, "Spikes");
            Assert.IsTrue(expected.Zip(found).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)));
        });
        CollectionAssert.AreEqual(Only<double>(model.Transform(data), "T"), Only<double>(again, "T"));
    }

    /// <summary>Every byte of a saved encoder, altered, is refused or gives an encoder whose settings are in range.</summary>
    [TestMethod]
    public void Load_DamagedSettings_AreRefusedOrInRange()
    {
        using MemoryStream bytes = new();
        new EventEncoding { Channels = 7, TimeSteps = 5, TimeStep = 1.5f, TimeUnit = 0.25 }.Write(new BinaryWriter(bytes));
        byte[] saved = bytes.ToArray();
        int refused = 0;
        for (int at = 0; at < saved.Length; at++)
        {
            byte[] damaged = (byte[])saved.Clone();
            damaged[at] ^= 0x80;
            EventEncoding read = EventEncoding.Read(new BinaryReader(new MemoryStream(damaged)));
            try
            {
                read.Validate();
            }
            catch (ArgumentException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(5, refused);
    }

    [TestMethod]
    public void EncodeEvents_Promises_TheColumnThatItGives()
    {
        MLContext context = new();
        IDataView data = Load(context, new EventRow());
        SnnOperations snn = context.Snn();
        var pipeline = snn.EncodeEvents("Spikes", 2, polaritiesColumnName: "Polarities").Append(snn.DecodeEvents("Spikes", "T", "C", "P"));

        SchemaShape promised = pipeline.GetOutputSchema(ShapeOf(null, data.Schema));
        SchemaShape given = ShapeOf(null, pipeline.Fit(data).GetOutputSchema(data.Schema));

        foreach (string name in new[] { "Spikes", "T", "C", "P" })
        {
            SchemaShape.Column left = promised.Single(column => column.Name == name), right = given.Single(column => column.Name == name);
            Assert.AreEqual(right.Kind, left.Kind, name);
            Assert.AreEqual(right.ItemType, left.ItemType, name);
            Assert.HasCount(right.Annotations.Count, left.Annotations, name);
        }
    }

    [TestMethod]
    public void EncodeEvents_BadEvents_NameColumnRowAndEvent()
    {
        AssertError("Column 'Times' must hold finite times, but event 1 of row 0 was NaN.", new() { Times = [0, double.NaN], Channels = [0, 0] });
        AssertError("Column 'Times' must hold ascending times, but event 1 of row 0 was 1. It comes after 2", new() { Times = [2, 1], Channels = [0, 0] });
        AssertError("Column 'Channels' must hold channels of 0 to 2, but event 0 of row 0 was 3.", new() { Times = [0], Channels = [3] });
        AssertError("Column 'Channels' must have a value for each of the 2 events of row 0, but has 1.", new() { Times = [0, 1], Channels = [0] });
        AssertError("Column 'Times' must hold times within the 10 steps of 1 ms, but event 0 of row 0 was 10.", new() { Times = [10], Channels = [0] });
        AssertError("Column 'Times' must hold times within the 10 steps of 1 ms, but event 0 of row 0 was -0.5.", new() { Times = [-0.5], Channels = [0] });
        AssertError("Column 'Weights' must hold polarities of 1 and either 0 or -1, but event 0 of row 0 was 0.5.", new() { Times = [1], Channels = [0], Weights = [0.5f] });
        AssertError("Column 'Weights' must have a value for each of the 1 events of row 0, but has 0.", new() { Times = [1], Channels = [0] });

        static void AssertError(string expected, EventRow row)
        {
            MLContext context = new();
            IDataView data = Load(context, row);
            var encoder = context.Snn().EncodeEvents("Spikes", 3, polaritiesColumnName: expected.Contains("Weights", StringComparison.Ordinal) ? "Weights" : null, timeSteps: 10);
            Exception error = Assert.Throws<Exception>(() => SignalRows.All(encoder.Fit(data).Transform(data), "Spikes"));
            StringAssert.Contains(error.ToString(), expected, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void EncodeEvents_Clip_LeavesOutWhatLiesOutside()
    {
        MLContext context = new();
        IDataView data = Load(context, new EventRow { Times = [-1, 0, 9.9, 10, 1e300], Channels = [0, 1, 2, 0, 0] });

        float[] spikes = SignalRows.First(
            context.Snn().EncodeEvents("Spikes", 3, timeSteps: 10, outOfRange: OutOfRange.Clip).Fit(data).Transform(data), "Spikes");

        Assert.AreEqual(2f, spikes.Sum());
        Assert.AreEqual(1f, spikes[1]);
        Assert.AreEqual(1f, spikes[(9 * 3) + 2]);
    }

    [TestMethod]
    public void EncodeEvents_WrongSettingsOrColumns_SayWhatIsRight()
    {
        MLContext context = new();
        SnnOperations snn = context.Snn();
        IDataView data = Load(context, new EventRow());

        StringAssert.Contains(Message(() => snn.EncodeEvents("S", 0)), "Channels must be 1 to", StringComparison.Ordinal);
        StringAssert.Contains(Message(() => snn.EncodeEvents("S", 1, timeSteps: 70_000)), "TimeSteps must be 1 to 65536", StringComparison.Ordinal);
        StringAssert.Contains(Message(() => snn.EncodeEvents("S", 1, timeUnit: double.NaN)), "TimeUnit must be a finite number above 0", StringComparison.Ordinal);
        StringAssert.Contains(Message(() => snn.EncodeEvents("S", 1 << 20, timeSteps: 60_000)), "fewer of them", StringComparison.Ordinal);
        StringAssert.Contains(Message(() => snn.EncodeEvents("S", 1, "Name").Fit(data)), "vector of numbers", StringComparison.Ordinal);
        StringAssert.Contains(Message(() => snn.EncodeEvents("S", 1, "Nowhere").Fit(data)), "Nowhere", StringComparison.Ordinal);
        StringAssert.Contains(Message(() => snn.EncodeEvents("S", 1, "Polarities").Fit(data)), "vector of numbers", StringComparison.Ordinal);
        StringAssert.Contains(Message(() => snn.DecodeEvents("Times").Fit(data)), "spike train", StringComparison.Ordinal);
        IDataView odd = SignalRows.Spikes(context, 2, 3, 1, [1, 0, 0.5f, 0, 0, 0]);
        StringAssert.Contains(Message(() => snn.DecodeEvents("Spikes", "T", "C", "P").Fit(odd).Transform(odd)), "but has 3 channels", StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.Throws<Exception>(() => Only<int>(snn.DecodeEvents("Spikes", "T", "C").Fit(odd).Transform(odd), "C")).ToString(),
            "must hold whole numbers of events", StringComparison.Ordinal);

        static string Message(Action action) => Assert.Throws<Exception>(action).Message;
    }

    private static IDataView Load(MLContext context, params EventRow[] rows) => context.Data.LoadFromEnumerable(rows);

    private static float AnnotatedStep(IDataView data)
    {
        float step = 0;
        data.Schema["Spikes"].Annotations.GetValue("SnnTimeStep", ref step);
        return step;
    }

    private static T[] Only<T>(IDataView data, string column) =>
        data.GetColumn<VBuffer<T>>(data.Schema[column]).Select(row => row.DenseValues().ToArray()).First();

    // ML.NET makes the shape of data itself when a pipeline is fitted, and offers no public way.
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Create")]
    private static extern SchemaShape ShapeOf(SchemaShape? owner, DataViewSchema schema);

    private sealed class EventRow
    {
        public string Name { get; set; } = "";

        public double[] Times { get; set; } = [];

        public uint[] Channels { get; set; } = [];

        public bool[] Polarities { get; set; } = [];

        public float[] Weights { get; set; } = [];
    }
}
