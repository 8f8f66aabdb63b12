using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn;

/// <summary>Writes one HTML page about a training: it needs no network and no other file.</summary>
public static class SnnReport
{
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
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        TrainingHistory history = model.History;
        var rows = new List<(string Name, string Value)>
        {
            ("Task", model.Task.ToString()),
            ("Network", model.ToString()),
            ("Input channels", Text(model.NumberOfChannels)),
            ("Outputs", Text(model.NumberOfOutputs)),
            ("Time steps", string.Create(CultureInfo.InvariantCulture, $"{model.TimeSteps} of {model.TimeStep} ms")),
            ("Integrator", model.Integrator.ToString()),
            ("Device", history.Device),
            ("Seed", Text(history.Seed)),
            ("Epochs", Text(history.Epochs.Count)),
            ("Best epoch", Text(history.BestEpoch)),
            ("Stopped because", history.StopReason.ToString()),
            ("Training seconds", Text(history.Epochs.Sum(epoch => epoch.Seconds))),
        };
        rows.AddRange(model.MeanSpikeCounts.Select((counts, layer) => (
            $"Spikes of hidden layer {layer + 1}",
            string.Create(CultureInfo.InvariantCulture, $"{counts.Average():0.00} per neuron and trial, {counts.Count(n => n == 0)} of {counts.Count} silent"))));
        if (metrics is not null)
        {
            rows.Add(("Accuracy", Text(metrics.MicroAccuracy)));
            rows.Add(("Mean accuracy of the classes", Text(metrics.MacroAccuracy)));
            rows.Add(("Log-loss", Text(metrics.LogLoss)));
        }

        List<SnnPlot> plots = [SnnPlots.Loss(history), SnnPlots.Accuracy(history)];
        plots.AddRange(metrics is null ? [] : [SnnPlots.Confusion(metrics)]);
        plots.AddRange(model.GetWeights().Select(connection => SnnPlots.WeightHistogram(connection)));
        plots.AddRange(experiment is null ? [] : [SnnPlots.Tuning(experiment)]);

        var html = new StringBuilder(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Spiking network</title><style>
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; }
            table { border-collapse: collapse; width: 100%; }
            th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
            td { white-space: pre-line; }
            .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin-top: 1rem; }
            svg { width: 100%; height: auto; }
            svg image { image-rendering: pixelated; }
            </style></head><body><h1>Spiking network</h1><table>
            """);
        foreach ((string name, string value) in rows)
        {
            html.Append("<tr><th>").Append(WebUtility.HtmlEncode(name)).Append("</th><td>").Append(WebUtility.HtmlEncode(value)).Append("</td></tr>\n");
        }

        html.Append("</table><div class=\"plots\">\n");
        for (int n = 0; n < plots.Count; n++)
        {
            html.Append("<figure style=\"margin:0\">").Append(Inline(plots[n], n)).Append("</figure>\n");
        }

        html.Append("</div></body></html>\n");
        File.WriteAllText(path, html.ToString());
    }

    /// <summary>The drawing without its XML declaration, on the page's own ground, with names of its own.</summary>
    private static string Inline(SnnPlot drawing, int number)
    {
        const int Width = 640, Height = 420;
        drawing.Plot.FigureBackground.Color = ScottPlot.Colors.Transparent;
        drawing.Plot.DataBackground.Color = ScottPlot.Colors.Transparent;
        string svg = drawing.ToSvg(Width, Height);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];

        // One page holds several drawings, and Skia numbers the clips and images of each from 0.
        string prefix = string.Create(CultureInfo.InvariantCulture, $"p{number}-");
        svg = svg.Replace(" id=\"", $" id=\"{prefix}", StringComparison.Ordinal)
            .Replace("url(#", $"url(#{prefix}", StringComparison.Ordinal)
            .Replace("href=\"#", $"href=\"#{prefix}", StringComparison.Ordinal);
        return svg.Contains("viewBox", StringComparison.Ordinal)
            ? svg
            : svg.Replace("<svg ", string.Create(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" "), StringComparison.Ordinal);
    }

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
