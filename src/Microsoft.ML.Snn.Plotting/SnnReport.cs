using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn;

/// <summary>Writes one HTML page about a training: it needs no network and no other file, and follows the reader's light or dark colours.</summary>
public static class SnnReport
{
    private const int NeuronsDrawn = 4;

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file; it is replaced.</param>
    /// <param name="model">The trained network.</param>
    /// <param name="metrics">What an evaluation gave, or null.</param>
    /// <param name="experiment">The experiment that found the model, or null.</param>
    public static void Write(
        string path,
        SnnModelParameters model,
        MulticlassClassificationMetrics? metrics = null,
        ExperimentResult<MulticlassClassificationMetrics>? experiment = null)
    {
        var content = new SnnReportContent { Multiclass = metrics };
        if (experiment is not null)
        {
            content.Pictures.Add(SnnPlots.Tuning(experiment));
        }

        Write(path, model, content);
    }

    /// <summary>Writes the page.</summary>
    /// <typeparam name="TOutput">What the model gives for a row.</typeparam>
    /// <param name="path">The file; it is replaced.</param>
    /// <param name="model">The trained network, for any task.</param>
    /// <param name="content">What else is known: evaluation, rows to draw, further pictures.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows are encoded in another way than the training data was.</exception>
    public static void Write<TOutput>(string path, SnnModelParametersBase<TOutput> model, SnnReportContent content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(content);
        TrainingHistory history = model.History;
        OperationCounts? counts = content.Rows is { } rows ? Count(model, rows, content) : null;

        var page = new ReportPage(content.Title);
        page.Numbers([.. Quality(content), .. Activity(history, counts)]);

        page.Section("Training");
        List<SnnPlot> curves = history.Epochs.Count == 0 ? [] : [SnnPlots.Loss(history), SnnPlots.Accuracy(history)];
        if (history.Epochs.Any(epoch => epoch.SynapticEvents is not null))
        {
            curves.Add(SnnPlots.Operations(history));
        }

        page.Pictures(curves);
        page.Table(TrainingRows(history));

        page.Section("Network");
        page.Text(model.ToString());
        page.Table(NetworkRows(model));

        if (counts is not null)
        {
            page.Section("Work follows spikes");
            page.Table(OperationRows(counts));
        }

        if (content.Rows is not null)
        {
            page.Section("One example");
            page.Pictures(DrawExample(model, content));
        }

        if (content.Multiclass is not null)
        {
            page.Section("Confusion");
            page.Pictures([SnnPlots.Confusion(content.Multiclass)]);
        }

        page.Section("Weights");
        page.Pictures([.. model.GetWeights().Where(connection => connection.Values.Length > 0).Select(connection => SnnPlots.WeightHistogram(connection))]);

        if (content.Pictures.Count > 0)
        {
            page.Section("More");
            page.Pictures([.. content.Pictures]);
        }

        File.WriteAllText(path, page.ToString());
    }

    private static OperationCounts? Count<TOutput>(SnnModelParametersBase<TOutput> model, IDataView rows, SnnReportContent content)
    {
        IReadOnlyList<OperationCounts> counts = model.CountOperations(new MLContext().Data.TakeRows(rows, content.RowsToCount), content.FeatureColumnName);
        return counts.Count == 0 ? null : counts.Aggregate((a, b) => a.Plus(b));
    }

    /// <summary>The input and all spiking layers, then the busiest neurons of the last hidden one and the outputs.</summary>
    private static List<SnnPlot> DrawExample<TOutput>(SnnModelParametersBase<TOutput> model, SnnReportContent content)
    {
        Range row = content.Example..(content.Example + 1);
        var spikes = new SpikeRecorder(examples: row);
        var membrane = new StateRecorder(examples: row);
        model.Record(content.Rows!, content.FeatureColumnName, spikes, membrane);
        var plots = new List<SnnPlot>();
        RecordedSpikes[] layers = [.. spikes.Recordings.Where(recording => recording.Spikes.Count > 0)];
        if (layers.Length > 0)
        {
            plots.Add(SnnPlots.Raster(layers));
        }

        if (layers.LastOrDefault(recording => membrane.Recordings.Any(states => states.Layer == recording.Layer)) is { } layer)
        {
            // A range of neighbours that holds the busiest neuron: a recorder takes ranges.
            int busiest = layer.Spikes.CountBy(spike => spike.Neuron).MaxBy(count => count.Value).Key;
            int first = Math.Clamp(busiest - 1, 0, Math.Max(0, layer.NumberOfNeurons - NeuronsDrawn));
            Range neurons = first..Math.Min(layer.NumberOfNeurons, first + NeuronsDrawn);
            var some = new StateRecorder(layer.Layer, neurons: neurons, examples: row);
            model.Record(content.Rows!, content.FeatureColumnName, some);
            plots.Add(SnnPlots.Traces(some.Recordings[0], layer, Threshold(model, content, layer.Layer, neurons, row)));
        }

        plots.AddRange(membrane.Recordings.Where(states => states.NumberOfNeurons <= SnnPlots.MostNeuronsWithNames && !layers.Any(found => found.Layer == states.Layer))
            .Select(states => SnnPlots.Traces(states)));
        return plots;
    }

    /// <summary>A neuron of the user's own has no threshold to draw.</summary>
    private static RecordedStates? Threshold<TOutput>(SnnModelParametersBase<TOutput> model, SnnReportContent content, string layer, Range neurons, Range row)
    {
        var threshold = new StateRecorder(layer, StateVariable.Threshold, neurons, row);
        try
        {
            model.Record(content.Rows!, content.FeatureColumnName, threshold);
            return threshold.Recordings[0];
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<(string Name, string Value)> Quality(SnnReportContent content)
    {
        if (content.Multiclass is { } classes)
        {
            yield return ("Accuracy", Percent(classes.MicroAccuracy));
            yield return ("Mean accuracy of the classes", Percent(classes.MacroAccuracy));
            yield return ("Log-loss", Text(classes.LogLoss));
        }

        if (content.Binary is { } binary)
        {
            yield return ("Accuracy", Percent(binary.Accuracy));
            yield return ("Area under ROC curve", Text(binary.AreaUnderRocCurve));
            yield return ("F1 score", Text(binary.F1Score));
        }

        if (content.Regression is { } numbers)
        {
            yield return ("R²", Text(numbers.RSquared));
            yield return ("Root mean squared error", Text(numbers.RootMeanSquaredError));
            yield return ("Mean absolute error", Text(numbers.MeanAbsoluteError));
        }
    }

    private static IEnumerable<(string Name, string Value)> Activity(TrainingHistory history, OperationCounts? counts)
    {
        if (history.Epochs.Count > 0)
        {
            yield return ("Spikes per hidden neuron and trial", Text(history.Epochs[^1].SpikesPerNeuron));
        }

        double? share = counts?.Share ?? (history.Epochs.Count == 0 ? null : history.Epochs[^1].SynapticEvents / history.Epochs[^1].DenseEquivalent);
        if (share is { } known)
        {
            yield return ("of the dense work was done", Percent(known));
        }
    }

    private static IEnumerable<(string Name, string Value)> TrainingRows(TrainingHistory history) =>
    [
        ("Device", history.Device),
        ("Seed", Text(history.Seed)),
        ("Epochs", Text(history.Epochs.Count)),
        ("Best epoch", Text(history.BestEpoch)),
        ("Stopped because", history.StopReason.ToString()),
        ("Training seconds", Text(history.Epochs.Sum(epoch => epoch.Seconds))),
    ];

    private static IEnumerable<(string Name, string Value)> NetworkRows<TOutput>(SnnModelParametersBase<TOutput> model) =>
    [
        ("Task", model.Task.ToString()),
        ("Input channels", Text(model.NumberOfChannels)),
        ("Outputs", Text(model.NumberOfOutputs)),
        ("Time steps", string.Create(CultureInfo.InvariantCulture, $"{model.TimeSteps} of {model.TimeStep} ms")),
        ("Integrator", model.Integrator.ToString()),
        .. model.MeanSpikeCounts.Select((counts, layer) => (
            $"Spikes of hidden layer {layer + 1}",
            string.Create(CultureInfo.InvariantCulture, $"{counts.Average():0.00} per neuron and trial, {counts.Count(n => n == 0)} of {counts.Count} silent"))),
    ];

    private static IEnumerable<(string Name, string Value)> OperationRows(OperationCounts counts) =>
    [
        ("Rows counted", Text(counts.Examples)),
        ("Spikes per row", Text(counts.SpikesPerExample)),
        ("Synaptic events per row", Text(counts.SynapticEventsPerExample)),
        ("Neuron updates per row", Text(counts.NeuronUpdatesPerExample)),
        ("Synapses × steps", Text(counts.DenseEquivalentPerExample)),
        ("Share of the dense work", Percent(counts.Share)),
    ];

    private static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 1000 ? "#,0" : "0.####", CultureInfo.InvariantCulture);
}
