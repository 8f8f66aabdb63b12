using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.ML.Snn.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Plotting.Tests.Browser;

/// <summary>The report in a real browser.</summary>
[TestClass]
public sealed class ReportInBrowserTests
{
    // Text of ScottPlot's stands a hair over its own box here and there.
    private const string TextOutside =
        "[...document.querySelectorAll('svg')].flatMap(svg => { const b = svg.getBoundingClientRect(); return [...svg.querySelectorAll('text')].filter(t => { "
        + "const r = t.getBoundingClientRect(); return r.width > 0 && (r.left < b.left - 1 || r.right > b.right + 1 || r.top < b.top - 1 || r.bottom > b.bottom + 1); })"
        + ".map(t => t.textContent); })";

    private const string BrokenImages =
        "Promise.all([...document.querySelectorAll('img, svg image')].map(async element => { const picture = new Image(); "
        + "picture.src = element.href?.baseVal ?? element.src; await picture.decode(); return picture.naturalWidth; })).then(widths => widths.filter(w => !(w > 0)).length)";

    [TestMethod]
    [RequiresBrowser]
    [RequiresData(PlottedIris.Path)]
    [DataRow(false)]
    [DataRow(true)]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Report_Iris_RendersWithoutNetworkAndComplaints(bool isDark)
    {
        using TemporaryFolder folder = new();
        Uri address = new(folder.PathOf("report.html"));
        PlottedIris.Shared.WriteReport(address.LocalPath);
        HeadlessBrowser browser = await HeadlessBrowser.StartAsync(1200, 900, isDark).ConfigureAwait(false);
        await using var _ = browser.ConfigureAwait(false);

        await browser.OpenAsync(address).ConfigureAwait(false);

        int pictures = await browser.EvaluateAsync<int>("document.querySelectorAll('svg').length").ConfigureAwait(false);
        Assert.IsGreaterThan(9, pictures);
        Assert.AreEqual(pictures, await browser.EvaluateAsync<int>(
            "[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width > 200 && s.getBoundingClientRect().height > 130).length").ConfigureAwait(false));
        Assert.AreEqual(0, await browser.EvaluateAsync<int>(BrokenImages).ConfigureAwait(false));
        string[] cut = await browser.EvaluateAsync<string[]>(TextOutside).ConfigureAwait(false);
        Assert.IsEmpty(cut, "Cut: " + string.Join(", ", cut));
        Assert.IsTrue(await browser.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth").ConfigureAwait(false), "It is too wide.");
        Pixels.AssertPage(await browser.ScreenshotAsync().ConfigureAwait(false), isDark, isDark ? "report-dark.png" : "report-light.png");
        CollectionAssert.AreEqual(new[] { address.AbsoluteUri }, browser.Requests.ToArray());
        Assert.IsEmpty(browser.Complaints, string.Join(Environment.NewLine, browser.Complaints));
    }

    /// <summary>The helper hears what it is to hear: a page that asks for a file that is not there and throws.</summary>
    [TestMethod]
    [RequiresBrowser]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Browser_BrokenPage_IsHeardOf()
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("broken.html");
        await File.WriteAllTextAsync(path, "<html><body><img src='missing.png'><script>console.error('a complaint'); throw new Error('thrown');</script></body></html>")
            .ConfigureAwait(false);
        HeadlessBrowser browser = await HeadlessBrowser.StartAsync(400, 300, isDark: false).ConfigureAwait(false);
        await using var _ = browser.ConfigureAwait(false);

        await browser.OpenAsync(new Uri(path)).ConfigureAwait(false);

        Assert.HasCount(2, browser.Requests);
        string complaints = string.Join(Environment.NewLine, browser.Complaints);
        StringAssert.Contains(complaints, "a complaint", StringComparison.Ordinal);
        StringAssert.Contains(complaints, "thrown", StringComparison.Ordinal);
    }
}
