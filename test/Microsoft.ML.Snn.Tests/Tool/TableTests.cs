using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Tool;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Tool;

/// <summary>The first lines of a text file say what its columns are.</summary>
[TestClass]
public sealed class TableTests
{
    [TestMethod]
    [DataRow("a,b,c\n1,2,x\n3,4,y\n", true, ',')]
    [DataRow("1;2;x\n3;4;y\n", false, ';')]
    [DataRow("a\tb\tc\n1\t2\tx\n3\t4\ty\n", true, '\t')]
    public void Open_FindsSeparatorAndHeader(string text, bool hasHeader, char separator)
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("t.txt");
        File.WriteAllText(path, text);

        Table table = Table.Open(path, "2", hasHeader: null, task: null);

        Assert.AreEqual(hasHeader, table.HasHeader);
        Assert.AreEqual(2, table.NumberCount);
        Assert.AreEqual(hasHeader ? "c" : "Column2", table.LabelTitle);
        Assert.AreEqual(separator, CsvLine.FindSeparator(text.Split('\n')[..2]));
    }

    [TestMethod]
    public void Open_TitlesInAComment_AreTitlesAndNoRow()
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("t.txt");
        File.WriteAllText(path, "#Label\ta\n0\t1\n1\t2\n2\t3\n");

        Table table = Table.Open(path, "Label", hasHeader: null, task: null);

        Assert.IsFalse(table.HasHeader);
        MLContext context = new();
        Assert.HasCount(3, table.CreateLoader(context).Load(path).GetColumn<string>("Label").ToArray());
    }

    [TestMethod]
    [DataRow("x\n0\n1\n0\n", TaskKind.Binary)]
    [DataRow("x\ntrue\nfalse\n", TaskKind.Binary)]
    [DataRow("x\n0\n1\n2\n", TaskKind.Multiclass)]
    [DataRow("x\nred\ngreen\n", TaskKind.Multiclass)]
    [DataRow("x\n0.5\n1\n2\n", TaskKind.Regression)]
    public void Open_LabelSaysTheTask(string labels, object expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("t.csv");
        File.WriteAllLines(path, labels.TrimEnd().Split('\n').Select((label, n) => n == 0 ? $"{label},number" : $"{label},{n}"));

        Assert.AreEqual((TaskKind)expected, Table.Open(path, "x", hasHeader: true, task: null).Task);
    }

    [TestMethod]
    public void CreateLoader_QuotedMissingAndTextFields_AreLoadedAsTheyAre()
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("t.csv");
        File.WriteAllText(path, "Label,a,My text,b\nyes,1,\"x, \"\"y\"\"\",2\nno,,z,4\nno,5,w,6\n");
        MLContext context = new();
        Table table = Table.Open(path, "Label", hasHeader: null, task: null);

        IDataView rows = table.CreateLoader(context).Load(path);

        Assert.AreEqual("My_text", table.Texts.Single().Name);
        CollectionAssert.AreEqual(new[] { "x, \"y\"", "z", "w" }, rows.GetColumn<string>("My_text").ToArray());
        float[][] numbers = [.. rows.GetColumn<VBuffer<float>>("Numbers").Select(row => row.DenseValues().ToArray())];
        CollectionAssert.AreEqual(new float[] { 1, 2 }, numbers[0]);
        CollectionAssert.AreEqual(new float[] { float.NaN, 4 }, numbers[1]);
    }

    [TestMethod]
    public void Split_QuotesAsTheLoaderReadsThem() =>
        CollectionAssert.AreEqual(new[] { "a", "b,c", "d \"e\"", "" }, CsvLine.Split("a,\"b,c\",\"d \"\"e\"\"\",", ','));
}
