using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Serves a page that draws the spikes of a network while it decides where a point of the yin-yang figure lies.
// Usage: LiveRaster [--urls http://localhost:5080] [--epochs 40] [--check]
// --check asks the server itself: the page, eight streams at once, a point outside; the streams must end with the scores of the batch.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
bool isCheck = args.Contains("--check");
WebApplicationBuilder builder = WebApplication.CreateBuilder([.. args.Where(argument => argument != "--check")]);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
Console.WriteLine("Training on the yin-yang figure ...");
var spikes = new LiveSpikes(int.Parse(builder.Configuration["epochs"] ?? (isCheck ? "5" : "40"), CultureInfo.InvariantCulture), hidden: 100);
WebApplication app = builder.Build();
if (isCheck)
{
    app.Urls.Add("http://127.0.0.1:0");
}
else if (app.Configuration["urls"] is null)
{
    app.Urls.Add("http://localhost:5080");
}

app.MapGet("/", () => Results.Text(Page(), "text/html; charset=utf-8"));
app.MapGet("/sizes", () => Results.Json(spikes.Sizes));
app.MapGet("/play", (float x, float y, int? delay, CancellationToken cancellation) =>
    LiveSpikes.IsPoint(x, y) && delay is null or (>= 0 and <= 1000)
        ? Results.ServerSentEvents(spikes.Play(x, y, TimeSpan.FromMilliseconds(delay ?? 40), cancellation), "step")
        : Results.Problem("x and y must be 0 to 1, and delay 0 to 1000 milliseconds.", statusCode: 400));

await app.StartAsync().ConfigureAwait(false);
string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
Console.WriteLine($"Open {address} in a browser. Ctrl+C ends.");
if (!isCheck)
{
    await app.WaitForShutdownAsync().ConfigureAwait(false);
    return 0;
}

bool isGood = await CheckAsync(new Uri(address)).ConfigureAwait(false);
await app.StopAsync().ConfigureAwait(false);
Console.WriteLine(isGood ? "The page and the streams answer as they should." : "The server does not answer as it should.");
return isGood ? 0 : 1;

async Task<bool> CheckAsync(Uri server)
{
    using var client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };
    string page = await client.GetStringAsync(new Uri("/", UriKind.Relative)).ConfigureAwait(false);
    using HttpResponseMessage outside = await client.GetAsync(new Uri("/play?x=2&y=0", UriKind.Relative)).ConfigureAwait(false);
    bool[] streams = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => StreamIsGoodAsync(client, n / 8f, 1 - n / 16f))).ConfigureAwait(false);
    return page.Contains("EventSource", StringComparison.Ordinal) && !page.Contains("<script src", StringComparison.OrdinalIgnoreCase)
        && (int)outside.StatusCode == 400 && streams.All(good => good);
}

async Task<bool> StreamIsGoodAsync(HttpClient client, float x, float y)
{
    string events = await client.GetStringAsync(new Uri(FormattableString.Invariant($"/play?x={x}&y={y}&delay=1"), UriKind.Relative)).ConfigureAwait(false);
    string[] data = [.. events.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal))];
    LiveStep? last = System.Text.Json.JsonSerializer.Deserialize<LiveStep>(data[^1]["data:".Length..], System.Text.Json.JsonSerializerOptions.Web);
    return data.Length == 50 && last!.Step == 49 && last.Scores.SequenceEqual(spikes.Score(x, y));
}

static string Page()
{
    using var reader = new StreamReader(typeof(LiveSpikes).Assembly.GetManifestResourceStream("page.html")!);
    return reader.ReadToEnd();
}
