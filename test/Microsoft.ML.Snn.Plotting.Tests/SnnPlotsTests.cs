using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using ScottPlot;
using ScottPlot.Plottables;

namespace Microsoft.ML.Snn.Plotting.Tests;

/// <summary>What is drawn is what was measured: the numbers behind each picture.</summary>
[TestClass]
public sealed class SnnPlotsTests
{
    [TestMethod]
    public void Loss_History_IsDrawnEpochByEpoch()
    {
        SnnModelParameters model = Trained(out _);

        Scatter line = SnnPlots.Loss(model.History).Plot.GetPlottables<Scatter>().First();

        CollectionAssert.AreEqual(
            model.History.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.Loss)).ToArray(),
            line.Data.GetScatterPoints().Select(point => (point.X, point.Y)).ToArray());
    }

    [TestMethod]
    public void Accuracy_History_IsDrawnEpochByEpoch()
    {
        SnnModelParameters model = Trained(out _);

        Scatter line = SnnPlots.Accuracy(model.History).Plot.GetPlottables<Scatter>().First();

        CollectionAssert.AreEqual(
            model.History.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.Accuracy!.Value)).ToArray(),
            line.Data.GetScatterPoints().Select(point => (point.X, point.Y)).ToArray());
    }

    [TestMethod]
    public void WeightHistogram_Weights_AreAllCountedWhereTheyLie()
    {
        SnnConnectionWeights weights = Trained(out _).GetWeights()[0];
        float[] values = weights.Values.ToArray();

        Bar[] bars = [.. SnnPlots.WeightHistogram(weights, bins: 7).Plot.GetPlottables<BarPlot>().Single().Bars];

        Assert.HasCount(7, bars);
        Assert.AreEqual(values.Length, bars.Sum(bar => bar.Value), 1e-9);
        double width = (values.Max() - values.Min()) / 7.0;
        Assert.AreEqual(values.Min() + width / 2, bars[0].Position, 1e-6);
        Assert.AreEqual(values.Max() - width / 2, bars[^1].Position, 1e-6);

        // The middle bar: what lies within it, but for those that rounding puts on its very edge.
        int within = values.Count(v => Math.Abs(v - bars[3].Position) < width / 2 * 0.999);
        Assert.AreEqual(within, bars[3].Value, 1);
    }

    [TestMethod]
    public void Confusion_Metrics_ShowsEveryCountAtItsPlace()
    {
        Trained(out MulticlassClassificationMetrics metrics);

        SnnPlot plot = SnnPlots.Confusion(metrics);

        IReadOnlyList<IReadOnlyList<double>> counts = metrics.ConfusionMatrix.Counts;
        Rectangle[] cells = [.. plot.Plot.GetPlottables<Rectangle>()];
        Text[] numbers = [.. plot.Plot.GetPlottables<Text>()];
        Assert.HasCount(4, numbers);
        for (int row = 0; row < 2; row++)
        {
            for (int column = 0; column < 2; column++)
            {
                // The first class is on top, and a row adds up to 1.
                Text number = numbers.Single(text => text.Location.X == column && text.Location.Y == 1 - row);
                Assert.AreEqual($"{counts[row][column]}", number.LabelText);
                Rectangle cell = cells.Single(rectangle => rectangle.X1 == column - 0.5 && rectangle.Y1 == 0.5 - row);
                double share = counts[row][column] / counts[row].Sum();
                Assert.AreEqual(0.06 + (0.94 * share), cell.FillStyle.Color.Alpha / 255.0, 0.5 / 255 + 1e-6);
            }
        }
    }

    /// <summary>Two classes, the first of them three times as often, and not to be told apart without a fault.</summary>
    private static SnnModelParameters Trained(out MulticlassClassificationMetrics metrics)
    {
        MLContext context = new(seed: 1);
        Random random = new(1);
        Row[] rows = [.. Enumerable.Range(0, 64).Select(n => new Row
        {
            Label = n % 4 == 0 ? 1u : 0,
            Features = [(n % 4 == 0 ? 0.3f : 0) + 0.7f * random.NextSingle(), random.NextSingle()],
        })];
        IDataView data = context.Data.LoadFromEnumerable(rows);
        SnnPredictionTransformer model = context.Snn().Train(numberOfEpochs: 5, learningRate: 0.02).Fit(data);
        metrics = context.MulticlassClassification.Evaluate(model.Transform(data));
        return model.Model;
    }

    private sealed class Row
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
