using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using ScottPlot;

[assembly: DoNotParallelize]

namespace Microsoft.ML.Snn.Plotting.Tests;

/// <summary>Pictures and the report of a network trained on iris.</summary>
[TestClass]
public sealed class SnnReportTests
{
    [TestMethod]
    [RequiresData(PlottedIris.Path)]
    public void Write_Iris_PageHoldsEveryPlotAndNeedsNoOtherFile()
    {
        using TemporaryFolder folder = new();
        string report = folder.PathOf("report.html");

        PlottedIris.Shared.WriteReport(report);

        // Loss, accuracy, operations; raster, two traces; confusion; four connections; the course of one.
        string page = File.ReadAllText(report);
        Assert.HasCount(3 + 3 + 1 + 4 + 1, Regex.Matches(page, "<svg "));
        Assert.IsEmpty(Regex.Matches(page, "(src|href)=\"(?!#|data:)"));
        StringAssert.Contains(page, "<h1>Iris &amp; friends</h1>", StringComparison.Ordinal);
        string[] ids = [.. Regex.Matches(page, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.HasCount(ids.Length, ids.Distinct());
        StringAssert.Matches(page, new Regex("Rows counted</th><td>150<"));
    }

    [TestMethod]
    [RequiresData(PlottedIris.Path)]
    public void SavePngAndSvg_EveryPlot_AreFilesOfTheirKind()
    {
        using TemporaryFolder temporary = new();
        string folder = Environment.GetEnvironmentVariable("SNN_PICTURES") ?? temporary.FullName;
        PlottedIris iris = PlottedIris.Shared;
        (SpikeRecorder spikes, StateRecorder membrane, StateRecorder threshold) = iris.Record(70);
        (string Name, SnnPlot Plot)[] plots =
        [
            ("loss", SnnPlots.Loss(iris.Model.History)), ("accuracy", SnnPlots.Accuracy(iris.Model.History)), ("operations", SnnPlots.Operations(iris.Model.History)),
            ("confusion", SnnPlots.Confusion(iris.Metrics)), ("weights", SnnPlots.WeightHistogram(iris.Model.GetWeights()[0])),
            ("course", SnnPlots.WeightCourse(iris.Weights.Recordings)), ("raster", SnnPlots.Raster(spikes.Recordings)),
            ("traces", SnnPlots.Traces(membrane.Recordings[0], spikes.Recordings[2], threshold.Recordings[0])),
        ];
        foreach ((string name, SnnPlot plot) in plots)
        {
            string path = Path.Combine(folder, name);
            plot.SavePng(path + ".png");
            plot.SaveSvg(path + ".svg");
            CollectionAssert.AreEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47 }, File.ReadAllBytes(path + ".png")[..4]);
            StringAssert.Contains(File.ReadAllText(path + ".svg"), "</svg>", StringComparison.Ordinal);
        }
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

    /// <summary>Every spike of the layers is there, above its layer's border and under the next.</summary>
    [TestMethod]
    [RequiresData(PlottedIris.Path)]
    public void Raster_Recordings_StandLayerAboveLayer()
    {
        (SpikeRecorder spikes, _, _) = PlottedIris.Shared.Record(3);

        SnnPlot plot = SnnPlots.Raster(spikes.Recordings);

        var marks = plot.Plot.GetPlottables<ScottPlot.Plottables.Markers>().Select(m => m.Data.GetScatterPoints()).ToArray();
        Assert.HasCount(3, marks);
        double top = 0;
        for (int layer = 0; layer < 3; layer++)
        {
            CollectionAssert.AreEqual(spikes.Recordings[layer].Spikes.Select(s => s.Time).ToArray(), marks[layer].Select(p => p.X).ToArray());
            Assert.IsTrue(marks[layer].All(p => p.Y > top && p.Y < 1));
            top = marks[layer].Max(p => p.Y);
        }

        SpikeRecorder two = new("hidden 1", examples: 0..2);
        PlottedIris.Shared.Transformer.Record(PlottedIris.Shared.Rows, two);
        Assert.ThrowsExactly<ArgumentException>(() => SnnPlots.Raster(two.Recordings));
        Assert.ThrowsExactly<ArgumentException>(() => SnnPlots.Raster());
    }

    [TestMethod]
    [RequiresData(PlottedIris.Path)]
    public void Traces_Recordings_HaveALinePerNeuronAndABarPerSpike()
    {
        (SpikeRecorder spikes, StateRecorder membrane, StateRecorder threshold) = PlottedIris.Shared.Record(70);
        RecordedSpikes layer = spikes.Recordings.Single(r => r.Layer == "hidden 2");

        SnnPlot plot = SnnPlots.Traces(membrane.Recordings[0], layer, threshold.Recordings[0]);

        var lines = plot.Plot.GetPlottables<ScottPlot.Plottables.Scatter>().ToArray();
        Assert.HasCount(5, lines.Where(line => line.LinePattern.Equals(LinePattern.Solid)));
        Assert.HasCount(5, lines.Where(line => line.LinePattern.Equals(LinePattern.Dashed)));
        CollectionAssert.AreEqual(
            membrane.Recordings[0].Trace(0).Select(v => (double)v).ToArray(), lines[0].Data.GetScatterPoints().Select(p => p.Y).ToArray());
        int drawn = layer.Spikes.Count(s => s.Neuron < 5);
        Assert.IsGreaterThan(0, drawn);
        Assert.HasCount(drawn, plot.Plot.GetPlottables<ScottPlot.Plottables.LinePlot>());
        Assert.ThrowsExactly<ArgumentException>(() => SnnPlots.Traces(membrane.Recordings[0], spikes.Recordings[0]));
        Assert.ThrowsExactly<ArgumentException>(() => SnnPlots.Traces(membrane.Recordings[0], layer, membrane.Recordings[0]));
    }
}
