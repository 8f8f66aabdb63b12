using System;
using ScottPlot;

namespace Microsoft.ML.Snn;

/// <summary>A picture that <see cref="SnnPlots"/> drew, ready to be saved.</summary>
/// <remarks>Not safe for several threads at once.</remarks>
public sealed class SnnPlot
{
    internal SnnPlot(Plot plot) => Plot = plot;

    /// <summary>Gets ScottPlot's plot, for changes of title, colours and axes.</summary>
    public Plot Plot { get; }

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="path">The file; it is replaced.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    public void SavePng(string path, int width = 800, int height = 500)
    {
        Check(width, height);
        Plot.SavePng(path, width, height);
    }

    /// <summary>Writes the picture as SVG.</summary>
    /// <param name="path">The file; it is replaced.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    public void SaveSvg(string path, int width = 800, int height = 500)
    {
        Check(width, height);
        Plot.SaveSvg(path, width, height);
    }

    /// <summary>Returns the picture as SVG text.</summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    public string ToSvg(int width = 800, int height = 500)
    {
        Check(width, height);
        return Plot.GetSvgXml(width, height);
    }

    /// <summary>The picture without a ground of its own; the plot is as before afterwards.</summary>
    internal string ToTransparentSvg(int width, int height)
    {
        (Color figure, Color data) = (Plot.FigureBackground.Color, Plot.DataBackground.Color);
        (Plot.FigureBackground.Color, Plot.DataBackground.Color) = (Colors.Transparent, Colors.Transparent);
        try
        {
            return ToSvg(width, height);
        }
        finally
        {
            (Plot.FigureBackground.Color, Plot.DataBackground.Color) = (figure, data);
        }
    }

    private static void Check(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
    }
}
