using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using PureHDF;

namespace Microsoft.ML.Snn.Tests.Hdf5;

[TestClass]
public sealed class LoadSpikesHdf5Tests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void LoadSpikesHdf5_PublishedLayout_CountsSpikesPerStepAndChannel(bool isHalf)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, isHalf, labels: [2, 0], keys: ["null", "eins", "zwei"]);

        IDataView data = new MLContext().Snn().LoadSpikesHdf5(path, timeSteps: 4, timeStep: 250, channels: 6, channelsPerInput: 2);

        CollectionAssert.AreEqual(new uint[] { 3, 1 }, data.GetColumn<uint>("Label").ToArray());
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema["Label"].GetKeyValues(ref names);
        CollectionAssert.AreEqual(new[] { "null", "eins", "zwei" }, names.DenseValues().ToArray().Select(name => name.ToString()).ToArray());
        CollectionAssert.AreEqual(new[] { $"{path}#0", $"{path}#1" }, data.GetColumn<string>("FileName").ToArray());

        // The rows share their memory: each is copied while it is there.
        (int Length, int[] Slots, float[] Counts)[] rows =
        [
            .. data.GetColumn<VBuffer<float>>("Spikes")
                .Select(spikes => (spikes.Length, spikes.GetIndices().ToArray(), spikes.GetValues().ToArray())),
        ];
        Assert.AreEqual(12, rows[0].Length);
        CollectionAssert.AreEqual(new[] { 1, 6 }, rows[0].Slots);
        CollectionAssert.AreEqual(new[] { 2f, 1f }, rows[0].Counts);
        CollectionAssert.AreEqual(new[] { 11 }, rows[1].Slots);
    }

    /// <summary>
    /// Files of the published layout that the HDF5 library itself wrote (h5py 3.7, HDF5 1.10.8), not the library that reads them: lists
    /// of variable length of 16-bit floats and integers, packed by gzip in chunks, once with a shuffle filter that cannot act on them.
    /// </summary>
    [TestMethod]
    [DataRow("spikes-h5py-gzip.h5")]
    [DataRow("spikes-h5py-gzip-shuffle.h5")]
    public void LoadSpikesHdf5_FileOfTheHdf5Library_HasItsSpikes(string name)
    {
        IDataView data = new MLContext().Snn().LoadSpikesHdf5(Path.Combine(AppContext.BaseDirectory, "Stored", name), timeSteps: 100, timeStep: 20);

        float[][] rows = [.. data.GetColumn<VBuffer<float>>("Spikes").Select(row => row.DenseValues().ToArray())];
        Assert.HasCount(30, rows);
        CollectionAssert.AreEqual(Enumerable.Range(0, 30).Select(n => (uint)(3 * n % 20) + 1).ToArray(), data.GetColumn<uint>("Label").ToArray());
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual("digit19", names.GetItemOrDefault(19).ToString());
        for (int n = 0; n < rows.Length; n++)
        {
            // Spike k of example n: second k / 16, channel (37 n + 11 k) modulo 700.
            float[] expected = new float[100 * 700];
            for (int k = 0; k < n + 2 && k / 16.0 < 2; k++)
            {
                expected[((int)(k / 16.0 / 0.02) * 700) + (((37 * n) + (11 * k)) % 700)]++;
            }

            CollectionAssert.AreEqual(expected, rows[n], $"example {n}");
        }
    }

    [TestMethod]
    public void LoadSpikesHdf5_WithoutNames_CallsClassesByNumber()
    {
        using TemporaryFolder folder = new();

        IDataView data = new MLContext().Snn().LoadSpikesHdf5(Write(folder, true, labels: [1, 0], keys: null), channels: 6);

        Assert.AreEqual(2UL, ((KeyDataViewType)data.Schema["Label"].Type).Count);
    }

    [TestMethod]
    [DataRow(5, "must hold spikes from second 0 on in channels 0 to 4, but spike 0 is at 0.75 s in channel 5.")]
    public void LoadSpikesHdf5_ChannelOutOfRange_NamesTheSpike(int channels, string expected)
    {
        using TemporaryFolder folder = new();
        IDataView data = new MLContext().Snn().LoadSpikesHdf5(Write(folder, true, labels: [1, 0], keys: null), channels: channels);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => data.GetColumn<VBuffer<float>>("Spikes").Count());

        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
    }

    [TestMethod]
    public void LoadSpikesHdf5_CutOffOrOtherFile_SaysWhatItNeeds()
    {
        using TemporaryFolder folder = new();
        byte[] file = File.ReadAllBytes(Write(folder, true, labels: [1, 0], keys: null));
        foreach (byte[] bytes in new[] { [], [1, 2, 3], file[..(file.Length / 2)] })
        {
            string path = folder.Write("b.h5", bytes);
            InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
                () => new MLContext().Snn().LoadSpikesHdf5(path).GetColumn<VBuffer<float>>("Spikes").Count());
            StringAssert.Contains(error.Message, "must be an HDF5 file with spikes/times, spikes/units and labels", StringComparison.Ordinal);
        }

        Assert.ThrowsExactly<FileNotFoundException>(() => new MLContext().Snn().LoadSpikesHdf5(folder.PathOf("none.h5")));
    }

    [TestMethod]
    public void LoadSpikesHdf5_LabelOutOfRange_NamesIt()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, true, labels: [3, 0], keys: ["a", "b"]);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().Snn().LoadSpikesHdf5(path));

        StringAssert.Contains(error.Message, "must have labels of 0 to 1, but label 0 is 3.", StringComparison.Ordinal);
    }

    /// <summary>Two examples: spikes at 0.1 s in channels 2 and 3 and at 0.5 s in channel 0; one at 0.75 s in channel 5, one too late.</summary>
    private static string Write(TemporaryFolder folder, bool isHalf, ushort[] labels, string[]? keys)
    {
        float[][] times = [[0.125f, 0.5f, 0.125f], [0.75f, 1]];
        object written = isHalf
            ? new H5Dataset(times.Select(row => row.Select(x => (Half)x).ToArray()).ToArray())
            : new H5Dataset(times);
        H5File file = new()
        {
            ["spikes"] = new H5Group { ["times"] = written, ["units"] = new H5Dataset(new ushort[][] { [2, 0, 3], [5, 0] }) },
            ["labels"] = labels,
        };
        if (keys != null)
        {
            file["extra"] = new H5Group { ["keys"] = keys };
        }

        string path = folder.PathOf("a.h5");
        file.Write(path);
        return path;
    }
}
