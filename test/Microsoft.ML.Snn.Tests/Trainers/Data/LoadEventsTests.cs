using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class LoadEventsTests
{
    [TestMethod]
    public void LoadEvents_Binning_CountsEventsPerStepAndChannel()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.PathOf("7"));

        // (x, y, polarity, µs): two in one slot, one of the other polarity, one in the last step, one too late.
        folder.Write(Path.Combine("7", "a.bin"), [
            0, 0, 0x80, 0, 100, 1, 1, 0x80, 0, 101, 1, 1, 0, 0, 102, 4, 3, 0x80, 11, 184, 0, 0, 0x80, 16, 80]);
        EventBinning binning = new(5, 4) { TimeSteps = 4, TimeStep = 1, Downsampling = 2 };

        IDataView data = new MLContext().Snn().LoadEvents(folder.FullName, binning);
        VBuffer<float> spikes = data.GetColumn<VBuffer<float>>("Spikes").Single();

        // 3 x 2 channels per polarity; x 4, y 3 is column 2 of row 1.
        Assert.AreEqual(12, binning.Channels);
        Assert.AreEqual(4 * 12, spikes.Length);
        CollectionAssert.AreEqual(new[] { 0, 6, 2 * 12 + 6 + 5 }, spikes.GetIndices().ToArray());
        CollectionAssert.AreEqual(new[] { 1f, 2f, 1f }, spikes.GetValues().ToArray());
        Assert.AreEqual(1u, data.GetColumn<uint>("Label").Single());
    }

    [TestMethod]
    public void LoadEvents_WithoutPolarities_AddsThem()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.PathOf("7"));
        folder.Write(Path.Combine("7", "a.bin"), [1, 1, 0x80, 0, 101, 1, 1, 0, 0, 102]);

        IDataView data = new MLContext().Snn().LoadEvents(folder.FullName, new EventBinning(2, 2) { SeparatePolarities = false, TimeSteps = 2 });

        CollectionAssert.AreEqual(
            new[] { 0, 0, 0, 2f, 0, 0, 0, 0 }, data.GetColumn<VBuffer<float>>("Spikes").Single().DenseValues().ToArray());
    }

    /// <summary>All events of the real file that lie in the trial are in its spikes, and the rows train a network as they are.</summary>
    [TestMethod]
    [RequiresData("event-samples/sample_nmnist.bin")]
    public void LoadEvents_RealFile_GoesStraightIntoTraining()
    {
        using TemporaryFolder folder = new();
        byte[] file = File.ReadAllBytes(TestData.Path("event-samples/sample_nmnist.bin"));
        foreach (string label in new[] { "eight", "other" })
        {
            Directory.CreateDirectory(folder.PathOf(label));
            folder.Write(Path.Combine(label, "a.bin"), label == "eight" ? file : file[..(5 * 1000)]);
        }

        MLContext context = new(seed: 1);
        IDataView data = context.Snn().LoadEvents(folder.FullName, new EventBinning(34, 34) { Downsampling = 2, TimeSteps = 150 });

        float[] counts = [.. data.GetColumn<VBuffer<float>>("Spikes").Select(spikes => spikes.GetValues().ToArray().Sum())];
        CollectionAssert.AreEqual(new[] { 4325f, 1000f }, counts);
        SnnPredictionTransformer model = context.Snn().Train(featureColumnName: "Spikes", numberOfHiddenNeurons: 32, numberOfEpochs: 5).Fit(data);
        Assert.IsGreaterThan(0f, model.Model.MeanSpikeCounts[0].Sum());
        Assert.IsTrue(model.Model.History.Epochs.All(epoch => double.IsFinite(epoch.Loss)));
    }

    [TestMethod]
    public void LoadEvents_EventOutsideTheSensor_NamesIt()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.PathOf("7"));
        folder.Write(Path.Combine("7", "a.bin"), [1, 1, 0x80, 0, 101, 34, 1, 0, 0, 102]);
        IDataView data = new MLContext().Snn().LoadEvents(folder.FullName, new EventBinning(34, 34));

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => data.GetColumn<VBuffer<float>>("Spikes").Count());

        StringAssert.Contains(error.Message, "must hold events of a sensor of 34 x 34 pixels, but event 1 is at (34, 1).", StringComparison.Ordinal);
    }

    [TestMethod]
    public void LoadEvents_BinningOutOfRange_NamesIt()
    {
        using TemporaryFolder folder = new();
        AssertName("Width", new EventBinning(0, 1));
        AssertName("TimeStep", new EventBinning(1, 1) { TimeStep = float.NaN });
        AssertName("Downsampling", new EventBinning(1, 1) { Downsampling = 0 });
        AssertName("slots", new EventBinning(65_536, 65_536));

        void AssertName(string name, EventBinning binning) => Assert.AreEqual(
            name, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MLContext().Snn().LoadEvents(folder.FullName, binning)).ParamName);
    }
}
