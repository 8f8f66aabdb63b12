using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Data;
using ScottPlot;

namespace Microsoft.ML.Snn;

/// <summary>Draws spikes, training, weights, confusion and experiments.</summary>
public static partial class SnnPlots
{
    // Readable on white and on black: the report shows one drawing on both.
    internal const string InkHex = "#7D858D";

    private static readonly Color Ink = Color.FromHex(InkHex);

    // Blue, orange, green, magenta, cyan, yellow first: apart also for those who do not tell red from green.
    private static readonly string[] s_colors =
        ["#3F87E0", "#E07B2A", "#2FA36B", "#C45BB0", "#28A5B8", "#B8912B", "#7A6FF0", "#D9534F", "#6B9A2C", "#9C7A66"];

    // A system's first font may be one with serifs.
    private static readonly string s_font = new[] { "Segoe UI", "Helvetica Neue", "Arial", "Noto Sans", "Liberation Sans", "DejaVu Sans" }
        .FirstOrDefault(name => SkiaSharp.SKFontManager.Default.FontFamilies.Contains(name)) ?? Fonts.Default;
    /// <summary>Draws the spikes of one row of a spike train column: time against channel.</summary>
    /// <param name="spikes">The value of the column, of shape time steps by channels.</param>
    /// <param name="channels">Number of channels; it divides the length of <paramref name="spikes"/>.</param>
    /// <param name="timeStep">Length of a time step in milliseconds. The default is 1.</param>
    /// <exception cref="ArgumentException"><paramref name="channels"/> does not divide the length.</exception>
    public static SnnPlot Raster(VBuffer<float> spikes, int channels, double timeStep = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(timeStep);
        if (spikes.Length % channels != 0)
        {
            throw new ArgumentException(
                $"The length of the spikes must be a multiple of the {channels} channels, but is {spikes.Length}. Pass the channels of the column.", nameof(channels));
        }

        RecordedSpike[] found =
            [.. spikes.Items().Where(item => item.Value != 0).Select(item => new RecordedSpike(item.Key / channels * timeStep, item.Key % channels))];
        return DrawRaster("Spikes", spikes.Length / channels * timeStep, timeStep, [("Channel", channels, found)]);
    }

    /// <summary>Draws the loss of every epoch, and of the validation rows where there were some.</summary>
    /// <param name="history">The course of a training.</param>
    public static SnnPlot Loss(TrainingHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return Curves("Loss", history, epoch => epoch.Loss, epoch => epoch.ValidationLoss);
    }

    /// <summary>Draws the accuracy of every epoch, or R² where the labels are numbers.</summary>
    /// <param name="history">The course of a training.</param>
    public static SnnPlot Accuracy(TrainingHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return history.Epochs.Any(epoch => epoch.RSquared is not null)
            ? Curves("R²", history, epoch => epoch.RSquared, epoch => epoch.ValidationRSquared)
            : Curves("Accuracy", history, epoch => epoch.Accuracy, epoch => epoch.ValidationAccuracy);
    }

    /// <summary>Draws how the weights of a connection are distributed.</summary>
    /// <param name="weights">One connection of <see cref="SnnModelParametersBase{TOutput}.GetWeights"/>.</param>
    /// <param name="bins">Number of bars. The default is 40.</param>
    public static SnnPlot WeightHistogram(SnnConnectionWeights weights, int bins = 40)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (float weight in weights.Values.Span)
        {
            (low, high) = (Math.Min(low, weight), Math.Max(high, weight));
        }

        double width = high > low ? (high - low) / bins : 1;
        var counts = new double[bins];
        foreach (float weight in weights.Values.Span)
        {
            counts[Math.Min(bins - 1, (int)((weight - low) / width))]++;
        }

        Plot plot = New($"Weights: {weights.Name}", "Weight", "Synapses");
        if (weights.Values.Length > 0)
        {
            var bars = plot.Add.Bars(Enumerable.Range(0, bins).Select(n => low + ((n + 0.5) * width)).ToArray(), counts);
            foreach (Bar bar in bars.Bars)
            {
                bar.Size = width;
                bar.LineWidth = 0;
            }

            plot.Axes.Margins(bottom: 0);
        }

        return new SnnPlot(plot);
    }

    /// <summary>Draws the confusion matrix: true classes downwards, predicted ones to the right; numbers up to 20 classes.</summary>
    /// <param name="metrics">What ML.NET's evaluation gave.</param>
    public static SnnPlot Confusion(MulticlassClassificationMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        const int MostWithNumbers = 20;
        IReadOnlyList<IReadOnlyList<double>> counts = metrics.ConfusionMatrix.Counts;
        int classes = counts.Count;
        var shares = new double[classes, classes];
        Plot plot = New("Confusion", "Predicted class", "True class");
        for (int row = 0; row < classes; row++)
        {
            double total = Math.Max(1, counts[row].Sum());
            for (int column = 0; column < classes; column++)
            {
                shares[row, column] = counts[row][column] / total;
            }
        }

        Color full = Color.FromHex(s_colors[0]);
        for (int row = 0; row < classes; row++)
        {
            for (int column = 0; column < classes; column++)
            {
                (double x, double y) = (column, classes - 1 - row);
                var cell = plot.Add.Rectangle(x - 0.5, x + 0.5, y - 0.5, y + 0.5);
                cell.FillColor = full.WithAlpha(0.06 + (0.94 * shares[row, column]));
                cell.LineWidth = 0;
                if (classes <= MostWithNumbers)
                {
                    var text = plot.Add.Text(counts[row][column].ToString("0", CultureInfo.InvariantCulture), x, y);
                    text.LabelAlignment = Alignment.MiddleCenter;
                    text.LabelFontName = s_font;
                    text.LabelFontSize = classes > 12 ? 10 : 13;
                    text.LabelFontColor = shares[row, column] > 0.6 ? Colors.White : Ink;
                }
            }
        }

        if (classes <= MostWithNumbers)
        {
            double[] places = [.. Enumerable.Range(0, classes).Select(n => (double)n)];
            plot.Axes.Bottom.SetTicks(places, [.. places.Select(Text)]);
            plot.Axes.Left.SetTicks(places, [.. places.Select(n => Text(classes - 1 - n))]);
        }

        plot.HideGrid();
        plot.Axes.SetLimits(-0.5, classes - 0.5, -0.5, classes - 0.5);
        return new SnnPlot(plot);
    }

    /// <summary>Draws the score of every run of an experiment and the best one so far; runs without a score are left out.</summary>
    /// <typeparam name="TMetrics">The metrics of the task.</typeparam>
    /// <param name="experiment">The result of an experiment.</param>
    public static SnnPlot Tuning<TMetrics>(ExperimentResult<TMetrics> experiment)
        where TMetrics : class
    {
        ArgumentNullException.ThrowIfNull(experiment);
        RunDetail<TMetrics>[] runs = [.. experiment.RunDetails.Where(run => double.IsFinite(run.Score))];
        Plot plot = New("Experiment", "Run", "Score");
        bool isError = runs.Length > 0 && experiment.BestRun.Score <= runs.Min(run => run.Score);
        double best = double.NaN;
        double[] bestSoFar = [.. runs.Select(run => best = double.IsNaN(best) || (isError ? run.Score < best : run.Score > best) ? run.Score : best)];
        double[] numbers = [.. runs.Select(run => (double)run.Run)];
        var line = plot.Add.Scatter(numbers, bestSoFar);
        line.ConnectStyle = ConnectStyle.StepHorizontal;
        line.MarkerSize = 0;
        line.LineWidth = 2;
        line.LegendText = "Best so far";
        foreach (var trainer in runs.GroupBy(run => run.TrainerName))
        {
            var marks = plot.Add.Markers(trainer.Select(run => (double)run.Run).ToArray(), trainer.Select(run => run.Score).ToArray());
            marks.MarkerSize = 8;
            marks.LegendText = trainer.Key;
        }

        WholeTicks(plot, runs.Length == 0 ? 1 : runs.Max(run => run.Run));
        Legend(plot);
        return new SnnPlot(plot);
    }

    private static SnnPlot Curves(string name, TrainingHistory history, Func<TrainingEpoch, double?> training, Func<TrainingEpoch, double?> validation)
    {
        Plot plot = New(name, "Epoch", name);
        foreach ((string legend, Func<TrainingEpoch, double?> read) in new[] { ("Training", training), ("Validation", validation) })
        {
            TrainingEpoch[] known = [.. history.Epochs.Where(epoch => read(epoch) is { } value && double.IsFinite(value))];
            if (known.Length > 0)
            {
                var line = plot.Add.Scatter(known.Select(epoch => (double)epoch.Epoch).ToArray(), known.Select(epoch => read(epoch)!.Value).ToArray());
                line.LegendText = legend;
                line.LineWidth = 2;
            }
        }

        WholeTicks(plot, history.Epochs.Count);
        if (plot.GetPlottables().Skip(1).Any())
        {
            Legend(plot);
        }
        else
        {
            plot.HideLegend();
        }

        return new SnnPlot(plot);
    }

    /// <summary>Under the picture: inside it would lie on some curve or other.</summary>
    private static void Legend(Plot plot)
    {
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.FontColor = Ink;
        plot.Legend.FontName = s_font;
        plot.Legend.BackgroundColor = Colors.Transparent;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
    }

    /// <summary>There is no epoch and a half.</summary>
    private static void WholeTicks(Plot plot, int most) => plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
    {
        IntegerTicksOnly = true,
        LabelFormatter = n => n >= 0 && n <= most ? Text(n) : "",
    };

    private static string Text(double n) => n.ToString("0", CultureInfo.InvariantCulture);

    private static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Add.Palette = new ScottPlot.Palettes.Custom(s_colors, "Readable on white and on black");
        plot.Title(title);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.Axes.Color(Ink);
        plot.Axes.Title.Label.ForeColor = Ink;
        plot.Font.Set(s_font);
        plot.Grid.MajorLineColor = Ink.WithAlpha(.22);
        return plot;
    }
}
