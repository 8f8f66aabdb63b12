using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class SpokenDigitsTests
{
    private const string Archive = "fsdd/free-spoken-digit-dataset_recordings.tar.gz";

    /// <summary>The counts, the length and the rate are those of the description of the data set.</summary>
    [TestMethod]
    [RequiresData(Archive)]
    public void LoadSpokenDigits_OfficialSplit_HasThePublishedNumbers()
    {
        MLContext context = new();
        IDataView train = context.Snn().LoadSpokenDigits(TestData.Path(Archive), DataSplit.Train);
        IDataView test = context.Snn().LoadSpokenDigits(TestData.Path(Archive), DataSplit.Test);

        Assert.AreEqual(2700, train.GetRowCount());
        Assert.AreEqual(300, test.GetRowCount());
        uint[] labels = [.. test.GetColumn<uint>("Label")];
        Assert.IsTrue(Enumerable.Range(1, 10).All(label => labels.Count(found => found == label) == 30));
        string[] names = [.. test.GetColumn<string>("FileName")];
        Assert.IsTrue(names.Zip(labels).All(row => Path.GetFileName(row.First)[0] - '0' + 1 == row.Second));
        Assert.IsTrue(names.All(name => name[^5] is >= '0' and <= '4' && name[^6] == '_'));

        double seconds = train.GetColumn<VBuffer<float>>("Samples").Concat(test.GetColumn<VBuffer<float>>("Samples"))
            .Sum(samples => samples.Length / 8000.0);
        Assert.AreEqual(1312, seconds, 1);
    }

    [TestMethod]
    public void LoadSpokenDigits_Folder_TakesTheRecordingsOfTheSplit()
    {
        using TemporaryFolder folder = new();
        byte[] sound = WaveBytes.Create(8000, 1, 16, false, [0, 0.5]);
        foreach (string name in new[] { "3_ann_4.wav", "3_ann_5.wav", "0_bob_0.wav", "9_bob_12.wav", "notes.wav", "x_bob_1.wav" })
        {
            folder.Write(name, sound);
        }

        Assert.AreEqual("0_bob_0.wav 3_ann_4.wav", Names(DataSplit.Test));
        Assert.AreEqual("3_ann_5.wav 9_bob_12.wav", Names(DataSplit.Train));

        string Names(DataSplit split) => string.Join(' ', new MLContext().Snn().LoadSpokenDigits(folder.FullName, split)
            .GetColumn<string>("FileName").Select(Path.GetFileName));
    }

    [TestMethod]
    public void LoadSpokenDigits_DamagedArchive_SaysSo()
    {
        using TemporaryFolder folder = new();
        byte[] noise = new byte[2000];
        new Random(1).NextBytes(noise);
        foreach (string file in new[] { folder.Write("a.tar.gz", noise), folder.WriteGzip("b.tar.gz", noise), folder.WriteGzip("c.tar.gz", []) })
        {
            Assert.ThrowsExactly<InvalidDataException>(() => new MLContext().Snn().LoadSpokenDigits(file, DataSplit.Test));
        }
    }
}
