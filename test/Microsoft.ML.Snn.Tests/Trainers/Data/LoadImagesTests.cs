using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class LoadImagesTests
{
    private const string TrainImages = "mnist/train-images-idx3-ubyte.gz";
    private const string TrainLabels = "mnist/train-labels-idx1-ubyte.gz";
    private const string TestImages = "mnist/t10k-images-idx3-ubyte.gz";
    private const string TestLabels = "mnist/t10k-labels-idx1-ubyte.gz";

    // Three images of 2 x 3 pixels: empty, two pixels, all pixels.
    private static readonly byte[] s_images =
    [
        0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3,
        0, 0, 0, 0, 0, 0,
        0, 51, 0, 0, 0, 255,
        1, 2, 3, 4, 5, 6,
    ];

    private static readonly byte[] s_labels = [0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9];

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void LoadImages_PlainOrGzip_GivesLabelsAndScaledPixels(bool isCompressed)
    {
        using TemporaryFolder folder = new();
        string images = isCompressed ? folder.WriteGzip("images", s_images) : folder.Write("images", s_images);
        string labels = isCompressed ? folder.WriteGzip("labels", s_labels) : folder.Write("labels", s_labels);

        IDataView data = new MLContext().Snn().LoadImages(images, labels);

        float[][] features = [.. data.GetColumn<float[]>("Features")];
        CollectionAssert.AreEqual(new[] { 7f, 0f, 9f }, data.GetColumn<float>("Label").ToArray());
        CollectionAssert.AreEqual(new float[6], features[0]);
        CollectionAssert.AreEqual(new[] { 0, 0.2f, 0, 0, 0, 1 }, features[1]);
        CollectionAssert.AreEqual(new[] { 1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f, 5 / 255f, 6 / 255f }, features[2]);
        Assert.AreEqual(3, data.GetRowCount());
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 6), data.Schema["Features"].Type);
        Assert.AreEqual(NumberDataViewType.Single, data.Schema["Label"].Type);
    }

    [TestMethod]
    public void Cursor_MostlyEmptyImage_IsSparse()
    {
        using TemporaryFolder folder = new();
        IDataView data = Load(folder);
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]);
        VBuffer<float> features = default;
        foreach (bool isDense in new[] { false, false, true })
        {
            Assert.IsTrue(cursor.MoveNext());
            getFeatures(ref features);
            Assert.AreEqual(isDense, features.IsDense);
        }

        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void Cursor_SparseImageOfSeveralWords_KeepsEveryPixelInItsPlace()
    {
        // Pixels at the edges of words of eight, in the rest after the last whole word, and words that are empty.
        int[] places = [0, 7, 8, 31, 32, 47, 51];
        byte[] pixels = new byte[52];
        foreach (int place in places)
        {
            pixels[place] = (byte)(place + 1);
        }

        using TemporaryFolder folder = new();
        IDataView data = new MLContext().Snn().LoadImages(
            folder.Write("images", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 13, .. pixels]),
            folder.Write("labels", [0, 0, 8, 1, 0, 0, 0, 1, 3]));
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        VBuffer<float> features = default;
        cursor.MoveNext();
        cursor.GetGetter<VBuffer<float>>(data.Schema["Features"])(ref features);

        CollectionAssert.AreEqual(places, features.GetIndices().ToArray());
        CollectionAssert.AreEqual(pixels.Select(pixel => pixel / 255f).ToArray(), features.DenseValues().ToArray());
    }

    [TestMethod]
    public void Cursor_WrongTypeOrInactiveColumn_Throws()
    {
        using TemporaryFolder folder = new();
        IDataView data = Load(folder);
        using DataViewRowCursor cursor = data.GetRowCursor([data.Schema["Label"]]);

        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<int>(data.Schema["Label"])).Message,
            "Column 'Label' holds System.Single, but System.Int32 was asked for.", StringComparison.Ordinal);
        Assert.ThrowsExactly<InvalidOperationException>(
            () => cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]));
    }

    [TestMethod]
    public void Cursors_SeveralThreadsAndShuffled_GiveTheSameRowsUnderTheSameIds()
    {
        const int Count = 1000;
        using TemporaryFolder folder = new();
        byte[] images = [0, 0, 8, 3, 0, 0, 3, 0xE8, 0, 0, 0, 1, 0, 0, 0, 2, .. Enumerable.Range(0, 2 * Count).Select(i => (byte)i)];
        byte[] labels = [0, 0, 8, 1, 0, 0, 3, 0xE8, .. Enumerable.Range(0, Count).Select(i => (byte)(i / 4))];
        IDataView data = new MLContext().Snn().LoadImages(folder.Write("images", images), folder.Write("labels", labels));

        Parallel.For(0, 8, shuffleSeed =>
        {
            Random? random = shuffleSeed == 0 ? null : new Random(shuffleSeed);
            using DataViewRowCursor cursor = data.GetRowCursor(data.Schema, random);
            ValueGetter<float> getLabel = cursor.GetGetter<float>(data.Schema["Label"]);
            ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]);
            ValueGetter<DataViewRowId> getId = cursor.GetIdGetter();
            float label = 0;
            VBuffer<float> features = default;
            DataViewRowId id = default;
            bool[] seen = new bool[Count];
            bool isInOrder = true;
            while (cursor.MoveNext())
            {
                getId(ref id);
                getLabel(ref label);
                getFeatures(ref features);
                int row = (int)id.Low;
                isInOrder &= row == cursor.Position;
                Assert.IsFalse(seen[row]);
                seen[row] = true;
                Assert.AreEqual(row / 4, label);
                Assert.AreEqual((byte)(2 * row) / 255f, features.GetItemOrDefault(0));
                Assert.AreEqual((byte)(2 * row + 1) / 255f, features.GetItemOrDefault(1));
            }

            Assert.IsTrue(seen.All(was => was));
            Assert.AreEqual(random is null, isInOrder);
        });
    }

    [TestMethod]
    public void LoadImages_InAPipeline_SplitsShufflesAndMapsToKeys()
    {
        using TemporaryFolder folder = new();
        MLContext context = new(seed: 1);
        IDataView data = context.Data.ShuffleRows(Load(folder));
        IDataView keyed = context.Transforms.Conversion
            .MapValueToKey("Label", keyOrdinality: Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(context.Snn().EncodeLatency("Spikes", "Features")).Fit(data).Transform(data);
        var split = context.Data.TrainTestSplit(keyed, testFraction: 0.5);

        CollectionAssert.AreEquivalent(new[] { 1u, 2u, 3u }, keyed.GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreEquivalent(new[] { 1u, 2u, 3u },
            split.TrainSet.GetColumn<uint>("Label").Concat(split.TestSet.GetColumn<uint>("Label")).ToArray());
    }

    [TestMethod]
    [DataRow(20, "{0} = 18 bytes after its header, but had fewer.")]
    [DataRow(10, "a header of 16 bytes, but had 10.")]
    public void LoadImages_TruncatedFile_SaysHowMuchIsMissing(int length, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("images", s_images[..length]);

        AssertMessage(
            $"File '{path}' must hold {string.Format(null, expected, "3 x 2 x 3")} Copy or download it again.", folder, path);
    }

    [TestMethod]
    public void LoadImages_TruncatedContentInGzip_SaysHowMuchIsMissing()
    {
        using TemporaryFolder folder = new();
        string path = folder.WriteGzip("images", s_images[..20]);

        AssertMessage(
            $"File '{path}' must hold 3 x 2 x 3 = 18 bytes after its header, but had 4. Copy or download it again.", folder, path);
    }

    [TestMethod]
    public void LoadImages_TooLongFile_SaysSo()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("images", [.. s_images, 1]);

        AssertMessage(
            $"File '{path}' must hold 3 x 2 x 3 = 18 bytes after its header, but had more. Copy or download it again.", folder, path);
    }

    [TestMethod]
    public void LoadImages_LabelsForImages_SaysWhatTheyMustBe()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("images", s_labels);

        AssertMessage(
            $"File '{path}' must be an IDX file of bytes with 3 dimensions, whose first bytes are 00-00-08-03, but they were "
            + "00-00-08-01. Check that images and labels are not swapped.", folder, path);
    }

    [TestMethod]
    public void LoadImages_EmptyFile_SaysWhatItMustBe()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("images", []);

        AssertMessage(
            $"File '{path}' must be an IDX file of bytes with 3 dimensions, whose first bytes are 00-00-08-03, but they were "
            + ". Check that images and labels are not swapped.", folder, path);
    }

    [TestMethod]
    [DataRow((byte)0, (byte)0, 1, 0, DisplayName = "No rows of pixels")]
    [DataRow((byte)0x80, (byte)0, 1, -2147483646, DisplayName = "A negative number")]
    [DataRow((byte)0x7F, (byte)2, 1, 2130706434, DisplayName = "More than an array can hold")]
    public void LoadImages_DamagedDimension_SaysWhich(byte high, byte low, int dimension, int printed)
    {
        using TemporaryFolder folder = new();
        byte[] damaged = [.. s_images];
        damaged[8] = high;
        damaged[11] = low == 0 && high != 0 ? (byte)2 : low;
        string path = folder.Write("images", damaged);

        AssertMessage(
            $"File '{path}' must have dimensions of 1 or more and at most {Array.MaxLength} items, but dimension {dimension} was "
            + $"{printed}. Copy or download it again.", folder, path);
    }

    [TestMethod]
    public void LoadImages_HugeDimensionInSmallGzip_FailsBeforeAllocating()
    {
        using TemporaryFolder folder = new();
        byte[] damaged = [.. s_images];
        damaged[5] = 0x40;
        string path = folder.WriteGzip("images", damaged);
        long before = GC.GetAllocatedBytesForCurrentThread();

        AssertMessage(
            $"File '{path}' must hold 4194307 x 2 x 3 = 25165842 bytes after its header, but had fewer. Copy or download it again.",
            folder, path);
        Assert.IsLessThan(2_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void LoadImages_DamagedGzip_NamesTheFile()
    {
        using TemporaryFolder folder = new();
        byte[] whole = TemporaryFolder.Gzip(s_images);
        byte[] wrongChecksum = [.. whole];
        wrongChecksum[^8] ^= 1;
        foreach (byte[] damaged in new[] { wrongChecksum, whole[..^12] })
        {
            string path = folder.Write("images", damaged);
            var error = Assert.ThrowsExactly<InvalidDataException>(() => LoadWithGoodLabels(folder, path));
            StringAssert.StartsWith(error.Message, $"File '{path}' must ", StringComparison.Ordinal);
            StringAssert.EndsWith(error.Message, " Copy or download it again.", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void LoadImages_OtherNumberOfLabels_NamesBothFiles()
    {
        using TemporaryFolder folder = new();
        string images = folder.Write("images", s_images);
        string labels = folder.Write("labels", [0, 0, 8, 1, 0, 0, 0, 2, 7, 0]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().Snn().LoadImages(images, labels));

        Assert.AreEqual(
            $"File '{labels}' must hold a label for each of the 3 images in '{images}', but had 2. Check that both belong to "
            + "the same part of the data set.", error.Message);
    }

    [TestMethod]
    public void LoadImages_MissingFile_NamesIt()
    {
        using TemporaryFolder folder = new();

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => LoadWithGoodLabels(folder, folder.PathOf("absent")));

        StringAssert.Contains(error.Message, folder.PathOf("absent"), StringComparison.Ordinal);
    }

    [TestMethod]
    [RequiresData(TrainImages, TrainLabels, TestImages, TestLabels)]
    [DataRow(TrainImages, TrainLabels, new[] { 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949 }, 33.318421)]
    [DataRow(TestImages, TestLabels, new[] { 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 }, 33.791224)]
    public void LoadImages_Mnist_HasThePublishedCountsAndMeanBrightness(
        string images, string labels, int[] counts, double meanBrightness)
    {
        IDataView data = new MLContext().Snn().LoadImages(TestData.Path(images), TestData.Path(labels));
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        ValueGetter<float> getLabel = cursor.GetGetter<float>(data.Schema["Label"]);
        ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]);
        float label = 0;
        VBuffer<float> features = default;
        int[] found = new int[10];
        double brightness = 0;
        while (cursor.MoveNext())
        {
            getLabel(ref label);
            getFeatures(ref features);
            found[(int)label]++;
            foreach (float value in features.GetValues())
            {
                brightness += value;
            }
        }

        CollectionAssert.AreEqual(counts, found);
        Assert.AreEqual(counts.Sum(), data.GetRowCount());
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 784), data.Schema["Features"].Type);

        // The mean byte of each part is well known: 33.318421 and 33.791224.
        Assert.AreEqual(meanBrightness, brightness * 255 / 784 / counts.Sum(), 1e-5);
    }

    private static IDataView Load(TemporaryFolder folder) => LoadWithGoodLabels(folder, folder.Write("images", s_images));

    private static IDataView LoadWithGoodLabels(TemporaryFolder folder, string imagesPath) =>
        new MLContext().Snn().LoadImages(imagesPath, folder.Write("labels", s_labels));

    private static void AssertMessage(string expected, TemporaryFolder folder, string imagesPath)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => LoadWithGoodLabels(folder, imagesPath));
        Assert.AreEqual(expected, error.Message);
    }
}
