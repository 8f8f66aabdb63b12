using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Microsoft.ML.Snn.Tests.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Tool;

/// <summary>The tool does what its help says, on real tables.</summary>
[TestClass]
public sealed class ToolTests
{
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Train_Iris_ModelIsEvaluatedPredictedAndInspected()
    {
        using TemporaryFolder folder = new();
        string iris = TestData.Path(SmallData.IrisPath), output = folder.PathOf("iris");

        ToolRun train = ToolRun.Of("train", "--dataset", iris, "--label-col", "Label", "--max-models", "2", "--train-time", "600", "--output", output, "--json");

        Assert.AreEqual(0, train.ExitCode, train.Error);
        JsonElement result = train.Json();
        Assert.AreEqual("multiclass-classification", result.GetProperty("task").GetString());
        Assert.AreEqual("validation", result.GetProperty("measuredOn").GetString());
        Assert.IsGreaterThan(0.0, result.GetProperty("seconds").GetDouble());
        string model = result.GetProperty("model").GetString()!;
        Assert.IsTrue(File.Exists(model));
        Assert.IsFalse(File.Exists(model + ".tmp"));

        JsonElement evaluated = ToolRun.Of("evaluate", "--model", model, "--dataset", iris, "--json").Json();
        Assert.IsGreaterThan(0.9, evaluated.GetProperty("accuracy").GetDouble());

        // Work follows spikes: it is a number wherever a model is looked at.
        Assert.IsGreaterThan(0.0, evaluated.GetProperty("synapticEvents").GetDouble());
        Assert.IsGreaterThan(evaluated.GetProperty("synapticEvents").GetDouble(), evaluated.GetProperty("denseEquivalent").GetDouble());
        string words = ToolRun.Of("evaluate", "--model", model, "--dataset", iris).Output;
        StringAssert.Contains(words, "synapticEvents per row", StringComparison.Ordinal);
        StringAssert.Contains(words, "share of dense work", StringComparison.Ordinal);
        string pictures = folder.PathOf("pictures");
        JsonElement look = ToolRun.Of("inspect", model, "--output", pictures, "--json").Json();
        string[] drawn = [.. look.GetProperty("pictures").EnumerateArray().Select(file => file.GetString()!)];
        CollectionAssert.IsSubsetOf(
            new[] { "loss.png", "accuracy.svg", "operations.png", "weights-input-to-hidden-1.svg" }, drawn.Select(file => Path.GetFileName(file)).ToArray());
        Assert.IsTrue(drawn.All(File.Exists));
        Assert.IsGreaterThan(0.0, look.GetProperty("synapticEvents").GetDouble());
        StringAssert.Contains(ToolRun.Of("inspect", model).Output, "synaptic events", StringComparison.Ordinal);
        string page = folder.PathOf("one.html");
        Assert.AreEqual(
            evaluated.GetProperty("accuracy").GetDouble(),
            ToolRun.Of("report", "--model", model, "--dataset", iris, "--example", "149", "--output", page, "--json").Json().GetProperty("accuracy").GetDouble());
        StringAssert.Contains(File.ReadAllText(page), "One example", StringComparison.Ordinal);
        Assert.AreNotEqual(0, ToolRun.Of("report", "--model", model, "--dataset", iris, "--example", "150", "--output", page).ExitCode);

        string predictions = folder.PathOf("predictions.csv");
        Assert.AreEqual(150, ToolRun.Of("predict", "--model", model, "--dataset", iris, "--output", predictions, "--json").Json().GetProperty("rows").GetInt32());
        string[] lines = File.ReadAllLines(predictions);
        Assert.AreEqual("PredictedLabel,Probability", lines[0]);
        string[] labels = [.. File.ReadLines(iris).Skip(1).Select(line => line.Split('\t')[0])];
        int correct = lines.Skip(1).Zip(labels).Count(pair => pair.First.Split(',')[0] == pair.Second);
        Assert.AreEqual(evaluated.GetProperty("accuracy").GetDouble(), correct / 150.0, 1e-9);

        string report = folder.PathOf("report.html");
        ToolRun written = ToolRun.Of("report", "--model", model, "--dataset", iris, "--output", report, "--json");
        Assert.AreEqual(0, written.ExitCode, written.Error);
        Assert.AreEqual(evaluated.GetProperty("accuracy").GetDouble(), written.Json().GetProperty("accuracy").GetDouble());
        StringAssert.Contains(File.ReadAllText(report), "<svg ", StringComparison.Ordinal);

        ToolRun inspected = ToolRun.Of("inspect", model);
        StringAssert.Contains(inspected.Output, "3 outputs", StringComparison.Ordinal);
        StringAssert.Contains(inspected.Output, "spikes per neuron and trial", StringComparison.Ordinal);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Train_WritesAProjectThatCompilesAndPredicts()
    {
        using TemporaryFolder folder = new();
        string output = folder.PathOf("iris");
        ToolRun.Of("train", "--dataset", TestData.Path(SmallData.IrisPath), "--label-col", "0", "--max-models", "1", "--output", output);

        using Process run = Process.Start(new ProcessStartInfo("dotnet", ["run", "-v", "q"])
        {
            WorkingDirectory = Path.Combine(output, "Consume"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string printed = run.StandardOutput.ReadToEnd() + run.StandardError.ReadToEnd();
        run.WaitForExit();

        Assert.AreEqual(0, run.ExitCode, printed);
        StringAssert.StartsWith(printed.Trim().Split('\n')[^1], "predicted ", StringComparison.Ordinal);
    }

    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Train_Cancelled_SavesTheBestSoFar()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(3));

        ToolRun train = ToolRun.Of(
            stop.Token, "train", "-d", TestData.Path(SmallData.IrisPath), "-l", "Label", "--train-time", "600", "-o", folder.PathOf("iris"), "--json");

        Assert.AreEqual(130, train.ExitCode, train.Error);
        Assert.IsTrue(train.Json().GetProperty("cancelled").GetBoolean());
        Assert.IsTrue(File.Exists(train.Json().GetProperty("model").GetString()));
    }

    [TestMethod]
    public void WrongArguments_SayWhatToDo_WithoutAStackTrace()
    {
        using TemporaryFolder folder = new();
        string table = folder.PathOf("table.csv"), uneven = folder.PathOf("uneven.csv"), noModel = folder.PathOf("model.zip");
        File.WriteAllText(table, "Colour,Size\nred,1\ngreen,2\nred,3\n");
        File.WriteAllText(uneven, "1,2,3\n1,2\n1,2,3\n");
        File.WriteAllText(noModel, "this is no zip file");

        AssertError("none at", "train", "-d", folder.PathOf("missing.csv"), "-l", "0");
        AssertError("title or the position, 0 to 1, of a column, but was 'Weight'", "train", "-d", table, "-l", "Weight");
        AssertError("line 2 of", "train", "-d", uneven, "-l", "0");
        AssertError("could not be read", "inspect", noModel);
        AssertError("could not be read", "evaluate", "-m", noModel, "-d", table);
        AssertError("none at", "predict", "-m", folder.PathOf("nothing.zip"), "-d", table);
        AssertError("at least 1", "train", "-d", table, "-l", "0", "--train-time", "0");
        AssertError("--label-col", "train", "-d", table);
    }

    [TestMethod]
    public void Devices_And_Help_AlwaysAnswer()
    {
        Assert.AreEqual(Environment.ProcessorCount, ToolRun.Of("devices", "--json").Json().GetProperty("threads").GetInt32());
        StringAssert.Contains(ToolRun.Of("--help").Output, "snn train --dataset", StringComparison.Ordinal);
        StringAssert.Contains(ToolRun.Of("train", "--help").Output, "--label-col", StringComparison.Ordinal);
    }

    private static void AssertError(string expected, params string[] args)
    {
        ToolRun run = ToolRun.Of(args);
        Assert.AreEqual(1, run.ExitCode);
        StringAssert.Contains(run.Error, expected, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error);
    }
}
