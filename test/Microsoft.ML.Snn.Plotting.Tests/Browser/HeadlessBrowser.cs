using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Microsoft.ML.Snn.Plotting.Tests.Browser;

/// <summary>A page in a Chromium without a window, driven by the DevTools protocol over its socket.</summary>
/// <remarks>It hears of every request, every line of the console and every exception from the beginning on.</remarks>
internal sealed class HeadlessBrowser : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonNode> _events = [];
    private string? _session;
    private int _messages;

    private HeadlessBrowser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>What the browser may be called.</summary>
    public static IReadOnlyList<string> Names { get; } = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Addresses that the page asked for, itself included; what is written in the page (data:) is none.</summary>
    public IEnumerable<string> Requests => Of("Network.requestWillBeSent")
        .Select(e => e["request"]!["url"]!.GetValue<string>()).Where(url => !url.StartsWith("data:", StringComparison.Ordinal));

    /// <summary>Errors and warnings of the console, and exceptions of the page.</summary>
    public IEnumerable<string> Complaints =>
    [
        .. Of("Runtime.exceptionThrown").Select(e => e["exceptionDetails"]!.ToJsonString()),
        .. Of("Runtime.consoleAPICalled").Where(e => e["type"]!.GetValue<string>() is "error" or "warning" or "assert").Select(e => e["args"]!.ToJsonString()),
        .. Of("Log.entryAdded").Select(e => e["entry"]!).Where(e => e["level"]!.GetValue<string>() is "error" or "warning").Select(e => e.ToJsonString()),
    ];

    /// <summary>The path of the browser, or null where there is none.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Starts the browser with an empty page.</summary>
    public static async Task<HeadlessBrowser> StartAsync(int width, int height, bool isDark)
    {
        string profile = Directory.CreateTempSubdirectory("snn-browser-").FullName;
        var process = Process.Start(new ProcessStartInfo(Find()!,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var browser = new HeadlessBrowser(process, profile);
        try
        {
            await browser.ConnectAsync(width, height, isDark).ConfigureAwait(false);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens an address and waits until it is loaded.</summary>
    public async Task OpenAsync(Uri address)
    {
        int before = Of("Page.loadEventFired").Count();
        JsonNode answer = await SendAsync("Page.navigate", new JsonObject { ["url"] = address.AbsoluteUri }).ConfigureAwait(false);
        if (answer["errorText"] is { } error)
        {
            throw new InvalidOperationException($"The browser could not open {address}: {error}");
        }

        using var patience = new CancellationTokenSource(s_patience);
        while (Of("Page.loadEventFired").Count() == before)
        {
            Keep(await ReceiveAsync(patience.Token).ConfigureAwait(false));
        }
    }

    /// <summary>Runs a JavaScript expression in the page, a promise to its end, and gives its value.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        JsonNode answer = await SendAsync(
            "Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true }).ConfigureAwait(false);
        return answer["exceptionDetails"] is { } failure
            ? throw new InvalidOperationException(failure.ToJsonString())
            : answer["result"]!["value"]!.Deserialize<T>()!;
    }

    /// <summary>A picture of the whole page, as PNG.</summary>
    public async Task<byte[]> ScreenshotAsync()
    {
        JsonNode answer = await SendAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true }).ConfigureAwait(false);
        return Convert.FromBase64String(answer["data"]!.GetValue<string>());
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser that is just ending may still write there; the folder is one for temporary files.
        }
    }

    private async Task ConnectAsync(int width, int height, bool isDark)
    {
        using var patience = new CancellationTokenSource(s_patience);
        const string Announcement = "DevTools listening on ";
        string? address = null;
        while (address == null)
        {
            string line = await _process.StandardError.ReadLineAsync(patience.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The browser ended before it listened.");
            address = line.StartsWith(Announcement, StringComparison.Ordinal) ? line[Announcement.Length..] : null;
        }

        // What it says from now on must be read, or it would wait for a reader.
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(address), patience.Token).ConfigureAwait(false);
        JsonNode target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }).ConfigureAwait(false);
        JsonNode session = await SendAsync(
            "Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true }).ConfigureAwait(false);
        _session = session["sessionId"]!.GetValue<string>();
        foreach (string domain in new[] { "Page", "Runtime", "Network", "Log" })
        {
            await SendAsync($"{domain}.enable", []).ConfigureAwait(false);
        }

        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = false,
        }).ConfigureAwait(false);
        await SendAsync("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }),
        }).ConfigureAwait(false);
    }

    private IEnumerable<JsonNode> Of(string method) => _events.Where(e => e["method"]!.GetValue<string>() == method).Select(e => e["params"]!);

    private void Keep(JsonNode message)
    {
        if (message["method"] != null)
        {
            _events.Add(message);
        }
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var message = new JsonObject { ["id"] = ++_messages, ["method"] = method, ["params"] = parameters };
        if (_session != null)
        {
            message["sessionId"] = _session;
        }

        await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, patience.Token).ConfigureAwait(false);
        while (true)
        {
            JsonNode answer = await ReceiveAsync(patience.Token).ConfigureAwait(false);
            if (answer["id"]?.GetValue<int>() != _messages)
            {
                Keep(answer);
                continue;
            }

            return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var part = new byte[1 << 16];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(part.AsMemory(), cancellation).ConfigureAwait(false);
            message.Write(part, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }
}
