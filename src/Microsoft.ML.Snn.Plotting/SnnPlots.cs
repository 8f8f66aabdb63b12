using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Data;
using ScottPlot;

namespace Microsoft.ML.Snn;

/// <summary>Draws spikes, training, weights, confusion and experiments.</summary>
public static class SnnPlots
{
    // Readable on white and on black: the report shows one drawing on both.
    private static readonly Color Ink = Color.FromHex("#808890");

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

        List<double> times = [], rows = [];
        foreach (KeyValuePair<int, float> item in spikes.Items())
        {
            if (item.Value != 0)
            {
                times.Add(item.Key / channels * timeStep);
                rows.Add(item.Key % channels);
            }
        }

        Plot plot = New("Spikes", "Time (ms)", "Channel");
        var marks = plot.Add.Markers(times.ToArray(), rows.ToArray());
        marks.MarkerShape = MarkerShape.VerticalBar;
        marks.MarkerSize = 7;
        plot.Axes.SetLimits(-timeStep, spikes.Length / channels * timeStep, -1, channels);
        return new SnnPlot(plot);
    }

    /// <summary>Draws membrane potentials over time, one line per neuron.</summary>
    /// <param name="traces">The potentials, one list per neuron, one number per time step.</param>
    /// <param name="timeStep">Length of a time step in milliseconds. The default is 1.</param>
    public static SnnPlot MembraneTraces(IReadOnlyList<IReadOnlyList<float>> traces, double timeStep = 1)
    {
        ArgumentNullException.ThrowIfNull(traces);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(timeStep);
        Plot plot = New("Membrane potentials", "Time (ms)", "V");
        foreach (IReadOnlyList<float> trace in traces)
        {
            plot.Add.SignalXY(Enumerable.Range(0, trace.Count).Select(n => n * timeStep).ToArray(), trace.Select(v => (double)v).ToArray());
        }

        return new SnnPlot(plot);
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

        plot.Add.Heatmap(shares);
        for (int row = 0; row < classes && classes <= MostWithNumbers; row++)
        {
            for (int column = 0; column < classes; column++)
            {
                var text = plot.Add.Text(counts[row][column].ToString("0", CultureInfo.InvariantCulture), column, classes - 1 - row);
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontColor = shares[row, column] > 0.6 ? Colors.Black : Colors.White;
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
        plot.Add.Markers(runs.Select(run => (double)run.Run).ToArray(), runs.Select(run => run.Score).ToArray());
        plot.Add.HorizontalLine(experiment.BestRun.Score);
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

        // A loss falls and the others rise: the legend stands where the last points are not.
        plot.ShowLegend(name == "Loss" ? Alignment.UpperRight : Alignment.LowerRight);
        return new SnnPlot(plot);
    }

    private static string Text(double n) => n.ToString("0", CultureInfo.InvariantCulture);

    private static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.Axes.Color(Ink);
        return plot;
    }
}
