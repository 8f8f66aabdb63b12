using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;

[assembly: DoNotParallelize]

namespace Microsoft.ML.Snn.Plotting.Tests;

/// <summary>Pictures and the report of a network trained on iris.</summary>
[TestClass]
public sealed class SnnReportTests
{
    private const string IrisPath = "optdigits/iris.txt";

    [TestMethod]
    [RequiresData(IrisPath)]
    public void Write_Iris_PageHoldsEveryPlotAndNeedsNoOtherFile()
    {
        string folder = Environment.GetEnvironmentVariable("SNN_PICTURES") ?? Directory.CreateTempSubdirectory("snn-").FullName;
        MLContext context = new(seed: 1);
        IDataView iris = context.Data.LoadFromTextFile(TestData.Path(IrisPath),
        [
            new TextLoader.Column("Label", DataKind.Single, 0),
            new TextLoader.Column("Features", DataKind.Single, 1, 4),
        ]);
        var model = context.Transforms.Conversion.MapValueToKey("Label").Append(context.Transforms.NormalizeMinMax("Features"))
            .Append(context.Snn().Train(numberOfEpochs: 20, learningRate: 0.02)).Fit(iris);
        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(model.Transform(iris));
        SnnModelParameters network = model.LastTransformer.Model;
        string report = Path.Combine(folder, "report.html");

        SnnReport.Write(report, network, metrics);
        SnnPlots.Confusion(metrics).SavePng(Path.Combine(folder, "confusion.png"));
        SnnPlots.Loss(network.History).SavePng(Path.Combine(folder, "loss.png"));

        string page = File.ReadAllText(report);
        Assert.HasCount(3 + network.GetWeights().Count, Regex.Matches(page, "<svg "));
        Assert.IsEmpty(Regex.Matches(page, "(src|href)=\"(?!#|data:)"));
        string[] ids = [.. Regex.Matches(page, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.HasCount(ids.Length, ids.Distinct());
        byte[] png = File.ReadAllBytes(Path.Combine(folder, "loss.png"));
        CollectionAssert.AreEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47 }, png[..4]);
    }

    [TestMethod]
    public void Raster_Spikes_AreDrawnAtTheirTimesAndChannels()
    {
        // Three steps of two channels: channel 1 spikes in step 0, channel 0 in step 2.
        SnnPlot plot = SnnPlots.Raster(new VBuffer<float>(6, [0, 1, 0, 0, 1, 0]), channels: 2, timeStep: 0.5);

        var points = plot.Plot.GetPlottables<ScottPlot.Plottables.Markers>().Single().Data.GetScatterPoints();
        Assert.HasCount(2, points);
        Assert.AreEqual((0.0, 1.0), (points[0].X, points[0].Y));
        Assert.AreEqual((1.0, 0.0), (points[1].X, points[1].Y));
        Assert.ThrowsExactly<ArgumentException>(() => SnnPlots.Raster(new VBuffer<float>(6, new float[6]), channels: 4));
    }
}
