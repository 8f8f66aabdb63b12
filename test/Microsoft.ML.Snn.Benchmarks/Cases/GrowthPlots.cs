using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ScottPlot;

namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>Draws the table of growth: one panel for each thing that is changed.</summary>
internal static class GrowthPlots
{
    private const int PanelsPerLine = 3;
    private const int PanelWidth = 330;
    private const int PanelHeight = 260;

    /// <summary>Writes growth.png into a folder.</summary>
    public static void Save(IReadOnlyList<GrowthRow> rows, string folder)
    {
        Directory.CreateDirectory(folder);
        IGrouping<string, GrowthRow>[] groups = [.. rows.Skip(1).GroupBy(row => row.What)];
        var multiplot = new Multiplot();
        multiplot.AddPlots(groups.Length + 1);
        for (int n = 0; n < groups.Length; n++)
        {
            Draw(multiplot.GetPlot(n), groups[n].Key, "ms per example", groups[n], row => 1000 * row.Seconds, rows[0]);
        }

        Draw(
            multiplot.GetPlot(groups.Length), "memory: " + GrowthCase.StepsName, "KiB per example in flight",
            groups.Single(group => group.Key == GrowthCase.StepsName), row => row.Bytes / 1024, rows[0]);
        int lines = (groups.Length + PanelsPerLine) / PanelsPerLine;
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(lines, PanelsPerLine);
        multiplot.SavePng(Path.Combine(folder, "growth.png"), PanelWidth * PanelsPerLine, PanelHeight * lines);
    }

    private static void Draw(
        Plot plot, string title, string unit, IEnumerable<GrowthRow> rows, Func<GrowthRow, double> read, GrowthRow reference)
    {
        GrowthRow[] own = [.. rows.OrderBy(row => row.X)];
        double[] x = [.. Enumerable.Range(0, own.Length).Select(k => (double)k)];
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, [.. own.Select(read)]);
        line.LineWidth = 2;
        line.MarkerSize = 7;

        // The dotted line is the network with nothing changed.
        plot.Add.HorizontalLine(read(reference), pattern: LinePattern.Dotted);
        plot.Axes.Bottom.SetTicks(x, [.. own.Select(row => row.Value)]);
        plot.Axes.SetLimits(-0.3, own.Length - 0.7, 0, 1.1 * Math.Max(read(reference), own.Max(read)));
        plot.Title(title, 13);
        plot.YLabel(unit, 11);
    }
}
