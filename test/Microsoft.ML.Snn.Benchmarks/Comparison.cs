using System;
using System.Text.Json;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>One line of results; null is not measured.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="SecondsPerEpoch">Our median.</param>
/// <param name="Peer">Name of the rival.</param>
/// <param name="PeerSecondsPerEpoch">The rival's median.</param>
/// <param name="Ratio">The rival's seconds by ours: above 1 we are faster.</param>
/// <param name="Accuracy">Our accuracy on the test examples after the last epoch.</param>
/// <param name="PeerAccuracy">The rival's.</param>
/// <param name="ExamplesPerSecond">Training examples by our median.</param>
/// <param name="PeakMemoryMb">Most memory of the process in MiB by the end of our training, before the rival starts.</param>
/// <param name="FloorFraction">Counted floor by our median: 1 would be a machine that does nothing else.</param>
/// <param name="Threads">Threads of all.</param>
/// <param name="PlainPeer">Name of the second rival, which is written as most people would.</param>
/// <param name="PlainPeerSecondsPerEpoch">Its median.</param>
/// <param name="PlainRatio">Its seconds by ours.</param>
/// <param name="PlainPeerAccuracy">Its accuracy.</param>
internal sealed record Comparison(
    string Case,
    double? SecondsPerEpoch,
    string? Peer,
    double? PeerSecondsPerEpoch,
    double? Ratio,
    double? Accuracy,
    double? PeerAccuracy,
    double? ExamplesPerSecond,
    double? PeakMemoryMb,
    double? FloorFraction,
    int Threads,
    string? PlainPeer = null,
    double? PlainPeerSecondsPerEpoch = null,
    double? PlainRatio = null,
    double? PlainPeerAccuracy = null)
{
    /// <summary>Puts the scores side by side.</summary>
    public static Comparison Of(BenchmarkTask task, int threads, Score? ours, Score? peer, MachinePeaks? peaks, Score? plainPeer = null) => new(
        task.Name,
        Rounded(ours?.SecondsPerEpoch),
        peer?.Name,
        Rounded(peer?.SecondsPerEpoch),
        Rounded(peer?.SecondsPerEpoch / ours?.SecondsPerEpoch),
        Rounded(ours?.Result.Accuracy),
        Rounded(peer?.Result.Accuracy),
        Rounded(task.Train.Count / ours?.SecondsPerEpoch),
        Rounded(ours?.PeakMemoryMb),
        // The floor counts neuron updates by time steps, and there are none here.
        ours is null || peaks is null || task.EProp is not null || task.Integrator == Integrator.EventDriven
            ? null
            : Rounded(Floor.Count(task, ours.Result.HiddenSpikesPerExample).SecondsAt(peaks) / ours.SecondsPerEpoch),
        threads,
        plainPeer?.Name,
        Rounded(plainPeer?.SecondsPerEpoch),
        Rounded(plainPeer?.SecondsPerEpoch / ours?.SecondsPerEpoch),
        Rounded(plainPeer?.Result.Accuracy));

    /// <summary>The whole record as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ComparisonJson.Default.Comparison);

    private static double? Rounded(double? value) => value is double number && double.IsFinite(number) ? Math.Round(number, 4) : null;
}
