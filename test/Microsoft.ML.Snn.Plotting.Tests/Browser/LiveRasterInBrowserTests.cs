using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.ML.Snn.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Plotting.Tests.Browser;

/// <summary>The page of the sample LiveRaster in a real browser.</summary>
[TestClass]
public sealed class LiveRasterInBrowserTests
{
    private const string Announcement = "Open ";

    private const string PaintedPixels =
        "(() => { const c = document.getElementById('raster'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; "
        + "let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; })()";

    [TestMethod]
    [RequiresBrowser]
    [DataRow(false)]
    [DataRow(true)]
    [Timeout(240_000, CooperativeCancellation = true)]
    public async Task Page_AfterAWhile_HasARasterAndAPrediction(bool isDark)
    {
        using Process server = ChildProcess.StartProgram("LiveRaster", "--urls", "http://127.0.0.1:0", "--epochs", "5");
        try
        {
            string? line = "";
            while (line?.StartsWith(Announcement, StringComparison.Ordinal) == false)
            {
                line = await server.StandardOutput.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
            }

            Assert.IsNotNull(line, "The server ended before it listened.");
            Uri address = new(line.Split(' ')[1]);
            HeadlessBrowser browser = await HeadlessBrowser.StartAsync(1100, 760, isDark).ConfigureAwait(false);
            await using var _ = browser.ConfigureAwait(false);
            await browser.OpenAsync(address).ConfigureAwait(false);
            string said = await UntilItSaysAsync(browser).ConfigureAwait(false);

            StringAssert.Matches(said, new System.Text.RegularExpressions.Regex("^It says (Yang|Yin|Dots)[,;]"));
            Assert.IsGreaterThan(1000, await browser.EvaluateAsync<int>(PaintedPixels).ConfigureAwait(false), "The raster is blank.");
            string[] shares = await browser.EvaluateAsync<string[]>("[...document.querySelectorAll('#scores b')].map(b => b.textContent)").ConfigureAwait(false);
            Assert.AreEqual(100, shares.Sum(share => int.Parse(share.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)), 2);
            Pixels.AssertPage(await browser.ScreenshotAsync().ConfigureAwait(false), isDark, isDark ? "live-dark.png" : "live-light.png");
            Assert.IsTrue(browser.Requests.All(url => url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal)), string.Join(", ", browser.Requests));
            Assert.IsEmpty(browser.Complaints, string.Join(Environment.NewLine, browser.Complaints));
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> UntilItSaysAsync(HeadlessBrowser browser)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            string said = await browser.EvaluateAsync<string>("document.getElementById('said').textContent").ConfigureAwait(false);
            if (said.StartsWith("It says", StringComparison.Ordinal) || Stopwatch.GetElapsedTime(start).TotalSeconds > 60)
            {
                return said;
            }

            await Task.Delay(100).ConfigureAwait(false);
        }
    }
}
