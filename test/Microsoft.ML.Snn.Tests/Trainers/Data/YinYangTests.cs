using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class YinYangTests
{
    private const string Train = "yin-yang/yin_yang_train_seed42_5000.csv";
    private const string Validation = "yin-yang/yin_yang_validation_seed41_1000.csv";
    private const string Test = "yin-yang/yin_yang_test_seed40_1000.csv";

    [TestMethod]
    [RequiresData(Train, Validation, Test)]
    [DataRow(Train, YinYang.TrainCount, YinYang.TrainSeed)]
    [DataRow(Validation, YinYang.ValidationCount, YinYang.ValidationSeed)]
    [DataRow(Test, YinYang.TestCount, YinYang.TestSeed)]
    public void Next_PublishedSeed_GivesThePublishedRowsBitForBit(string file, int count, int seed)
    {
        string[] lines = File.ReadAllLines(TestData.Path(file));
        Assert.HasCount(count + 1, lines);
        YinYangGenerator generator = new(seed);
        foreach (string line in lines.Skip(1))
        {
            double[] expected = [.. line.Split(',').Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
            (double x, double y, int label) = generator.Next();
            CollectionAssert.AreEqual(expected, new[] { x, y, 1 - x, 1 - y, label }, line);
        }
    }

    [TestMethod]
    public void Load_Defaults_IsThePublishedTrainingSet()
    {
        IDataView data = new MLContext().Snn().LoadYinYang();

        float[] labels = [.. data.GetColumn<float>("Label")];
        float[][] features = [.. data.GetColumn<float[]>("Features")];

        // The published counts of the classes and the first published row.
        CollectionAssert.AreEqual(new[] { 1681, 1702, 1617 }, Enumerable.Range(0, 3).Select(c => labels.Count(l => l == c)).ToArray());
        CollectionAssert.AreEqual(
            new[] { 0.6803075385877797f, 0.450499251969543f, 0.3196924614122203f, 0.549500748030457f }, features[0]);
        Assert.AreEqual(5000, data.GetRowCount());
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 4), data.Schema["Features"].Type);
        Assert.IsTrue(data.CanShuffle);
    }

    [TestMethod]
    public void Load_BadArguments_SaysWhatToDo()
    {
        SnnOperations snn = new MLContext().Snn();

        var noRows = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => snn.LoadYinYang(count: 0));
        var badSeed = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => snn.LoadYinYang(seed: -1));

        StringAssert.StartsWith(noRows.Message,
            "count must be 1 to 10000000, but was 0. The published training set has YinYang.TrainCount examples.", StringComparison.Ordinal);
        StringAssert.StartsWith(badSeed.Message,
            "seed must be 0 to 2147483647, but was -1. The published training set has the seed YinYang.TrainSeed.", StringComparison.Ordinal);
    }
}
