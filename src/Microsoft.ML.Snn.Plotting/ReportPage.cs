using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;

namespace Microsoft.ML.Snn;

/// <summary>The HTML of a report, written from top to bottom.</summary>
internal sealed class ReportPage
{
    private readonly StringBuilder _html = new();
    private int _pictures;

    public ReportPage(string title)
    {
        string heading = WebUtility.HtmlEncode(title);
        _html.Append(
            CultureInfo.InvariantCulture,
            $$"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,"><title>{{heading}}</title><style>
            :root { color-scheme: light dark; --back: #fbfaf8; --card: #fff; --ink: #1d2330; --soft: #5d6675; --line: #e3e1dc; }
            @media (prefers-color-scheme: dark) { :root { --back: #12151b; --card: #1b2029; --ink: #eceff4; --soft: #a9b2c0; --line: #2d3440; } }
            * { box-sizing: border-box; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; background: var(--back); color: var(--ink); }
            h1 { font-size: 1.6rem; margin: 0 0 1rem; }
            h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
            .numbers { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; }
            .numbers div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem 1rem; }
            .numbers dt { color: var(--soft); font-size: .85rem; }
            .numbers dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
            .numbers div { display: flex; flex-direction: column-reverse; }
            table { border-collapse: collapse; width: 100%; margin-top: .75rem; }
            th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
            th { font-weight: 500; color: var(--soft); width: 16rem; }
            td { font-variant-numeric: tabular-nums; }
            pre { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .75rem 1rem; margin: 0; white-space: pre-wrap; font-size: .9rem; }
            .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); gap: 1rem; }
            figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .5rem; }
            svg { display: block; width: 100%; height: auto; color: var(--soft); }
            </style></head><body><h1>{{heading}}</h1>

            """);
    }

    public void Section(string title) => _html.Append("<h2>").Append(WebUtility.HtmlEncode(title)).Append("</h2>\n");

    /// <summary>A few numbers that say the most, large.</summary>
    public void Numbers(IReadOnlyList<(string Name, string Value)> numbers)
    {
        _html.Append("<dl class=\"numbers\">\n");
        foreach ((string name, string value) in numbers)
        {
            _html.Append("<div><dt>").Append(WebUtility.HtmlEncode(name)).Append("</dt><dd>").Append(WebUtility.HtmlEncode(value)).Append("</dd></div>\n");
        }

        _html.Append("</dl>\n");
    }

    public void Text(string text) => _html.Append("<pre>").Append(WebUtility.HtmlEncode(text)).Append("</pre>\n");

    public void Table(IEnumerable<(string Name, string Value)> rows)
    {
        _html.Append("<table>\n");
        foreach ((string name, string value) in rows)
        {
            _html.Append("<tr><th>").Append(WebUtility.HtmlEncode(name)).Append("</th><td>").Append(WebUtility.HtmlEncode(value)).Append("</td></tr>\n");
        }

        _html.Append("</table>\n");
    }

    public void Pictures(IReadOnlyList<SnnPlot> pictures)
    {
        _html.Append("<div class=\"pictures\">\n");
        foreach (SnnPlot picture in pictures)
        {
            _html.Append("<figure>").Append(Inline(picture, _pictures++)).Append("</figure>\n");
        }

        _html.Append("</div>\n");
    }

    public override string ToString() => _html + "</body></html>\n";

    /// <summary>The drawing without its XML declaration, on the page's own ground, in the page's own ink, with names of its own.</summary>
    private static string Inline(SnnPlot drawing, int number)
    {
        const int Width = 640, Height = 420;
        string svg = drawing.ToTransparentSvg(Width, Height);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..].TrimEnd();

        // One page holds several drawings, and Skia numbers the clips and images of each from 0.
        string prefix = string.Create(CultureInfo.InvariantCulture, $"p{number}-");
        svg = svg.Replace(" id=\"", $" id=\"{prefix}", StringComparison.Ordinal)
            .Replace("url(#", $"url(#{prefix}", StringComparison.Ordinal)
            .Replace("href=\"#", $"href=\"#{prefix}", StringComparison.Ordinal)
            .Replace(SnnPlots.InkHex, "currentColor", StringComparison.OrdinalIgnoreCase);

        // The reader's machine may not have the font: then it is to be one without serifs too.
        svg = System.Text.RegularExpressions.Regex.Replace(svg, "font-family=\"([^\"]+)\"", "font-family=\"$1, sans-serif\"");
        return svg.Contains("viewBox", StringComparison.Ordinal)
            ? svg
            : svg.Replace("<svg ", string.Create(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" "), StringComparison.Ordinal);
    }
}
