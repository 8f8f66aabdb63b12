using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Benchmarks;
using Microsoft.ML.Snn.Benchmarks.Cases;

// Trains the same network as others do, in the same process and on the same threads, and says who was faster.
IBenchmarkCase[] cases = [new LatencyMnistCase(), new LatencyMnistEPropCase(), new YinYangCase(), new YinYangExactCase(), new ShdSizedCase()];

var caseName = new Argument<string>("case") { Description = "What to learn." };
caseName.AcceptOnlyFromAmong([.. cases.Select(item => item.Name), SpokenDigitsCase.Name, GrowthCase.Name, TrainerTable.Name]);
var epochs = new Option<int?>("--epochs")
{
    Description = "Epochs of every contender, at least 3 for a median; the case's own number by default.",
};
var trainSize = new Option<int?>("--train-size") { Description = "Training examples; all by default." };
var hidden = new Option<int?>("--hidden") { Description = "Hidden neurons; the case's own number by default." };
var threads = new Option<int>("--threads")
{
    Description = "Threads of every contender; all cores by default.",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
var gpu = new Option<int?>("--gpu") { Description = "GPU that our network trains on; none by default." };
var only = new Option<string[]>("--data")
{
    Description = "Data of the case 'trainers': optdigits, iris, braille-tactile, fsdd, mnist; all by default.",
    AllowMultipleArgumentsPerToken = true,
};
only.AcceptOnlyFromAmong("optdigits", "iris", "braille-tactile", "fsdd", "mnist");
var noPeer = new Option<bool>("--no-peer") { Description = "Leaves the rival out." };
var pictures = new Option<string>("--pictures")
{
    Description = "Folder for the pictures of the case growth.",
    DefaultValueFactory = _ => "growth-pictures",
};

var rounds = new Option<int>("--rounds") { Description = "Rounds, of which the median is taken.", DefaultValueFactory = _ => 5 };

AtLeast(1, rounds, "Leave it out for 5.");
AtLeast(3, epochs, "The times are medians.");
AtLeast(1, trainSize, "Leave it out for all examples.");
AtLeast(1, hidden, "Leave it out for the case's own number.");
AtLeast(1, threads, "Leave it out for all cores.");

var compare = new Command("compare", "Trains our network and the rival's; the last line is JSON.")
{
    caseName, epochs, trainSize, hidden, threads, gpu, noPeer, pictures, only,
};
compare.SetAction(parsed =>
{
    if (parsed.GetValue(caseName) == TrainerTable.Name)
    {
        TrainerTable.Print(parsed.GetValue(only) ?? []);
        return;
    }

    RunOptions options = Options(parsed);
    if (parsed.GetValue(caseName) == SpokenDigitsCase.Name)
    {
        Console.WriteLine(SpokenDigitsCase.Run(options).Comparison.ToJson());
        return;
    }

    if (parsed.GetValue(caseName) == GrowthCase.Name)
    {
        Console.WriteLine(GrowthCase.Run(options, parsed.GetValue(pictures)).ToJson());
        return;
    }

    BenchmarkTask task = Load(parsed, options);
    if (task.IsRecurrent && options.WithPeer)
    {
        // Ours and the bare loops differ by less than a busy machine from one second to the next.
        (Score own, Score bare) = Race.RunInTurn(
            task, options.Epochs, () => new OurNetwork(task, options), () => new BareLoops(task, options.Threads));
        Console.WriteLine(Comparison.Of(task, options.Threads, own, bare, MachinePeaks.Measure(options.Threads)).ToJson());
        return;
    }

    if (task.Integrator == Integrator.EventDriven && options.WithPeer)
    {
        (Score exact, Score steps) = Race.RunSeedsInTurn(
            task, options.Epochs, seeded => new OurNetwork(seeded, options), peerEpochs: 3, () => YinYangExactCase.InSteps(task, options));
        Console.WriteLine(Comparison.Of(task, options.Threads, exact, steps, peaks: null).ToJson());
        return;
    }

    Score? ours = Race.RunSeeds(task, options.Epochs, seeded => new OurNetwork(seeded, options));
    MachinePeaks? peaks = ours is null ? null : MachinePeaks.Measure(options.Threads);
    Score? peer = options.WithPeer ? RunPeer(task, options) : null;
    Score? plainPeer = options.WithPeer && IsBptt(task)
        ? Race.Run(task, options.Epochs, () => PlainRival.Create(task, options.Threads))
        : null;
    Console.WriteLine(Comparison.Of(task, options.Threads, ours, peer, peaks, plainPeer).ToJson());
});

var profile = new Command("profile", "Prints where the time of an epoch goes.")
{
    caseName, epochs, trainSize, hidden, threads, gpu, noPeer,
};
profile.SetAction(parsed =>
{
    RunOptions options = Options(parsed);
    if (parsed.GetValue(caseName) == GrowthCase.Name)
    {
        GrowthCase.Run(options, folder: null);
        return;
    }

    if (parsed.GetValue(caseName) == SpokenDigitsCase.Name)
    {
        foreach ((string phase, double seconds) in SpokenDigitsCase.Run(options with { WithPeer = false }).PhaseSeconds)
        {
            Print(phase, seconds);
        }

        return;
    }

    var clock = new PhaseClock();
    BenchmarkTask task = Load(parsed, options);
    Print("encode", clock.Stop().Seconds);
    Score? score = Race.Run(task, options.Epochs, () => new OurNetwork(task, options));
    if (score is not null)
    {
        foreach ((string phase, double seconds) in score.PhaseSeconds)
        {
            Print(phase, seconds);
        }
    }

    void Print(string phase, double seconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phase,-20}{seconds,10:F3} s"));
});

var peaksCommand = new Command("peaks", "Measures what this machine can do at most.") { threads };
peaksCommand.SetAction(parsed =>
{
    MachinePeaks peaks = MachinePeaks.Measure(parsed.GetValue(threads));
    Print("multiply-adds", peaks.MultiplyAdds * 2, "GFLOP/s");
    Print("row additions", peaks.RowAdds, "G events/s");
    Print("row updates", peaks.RowUpdates, "G events/s");
    Print("neuron updates", peaks.NeuronUpdates, "G updates/s");
    Print("cache stream", peaks.CacheBytes, "GB/s");
    Print("memory stream", peaks.MemoryBytes, "GB/s");

    void Print(string kind, double perSecond, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-20}{perSecond * 1e-9,10:F2} {unit}"));
});

var latency = new Command("latency", "Measures one prediction at a time through an ML.NET prediction engine, on MNIST.") { trainSize };
latency.SetAction(parsed =>
{
    (double median, double percentile99) = BatchOneLatency.Measure(parsed.GetValue(trainSize) ?? 2000);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"one image: median {median:F1} microseconds, 99th percentile {percentile99:F1}"));
});

var streamCommand = new Command("stream", "Measures one time step of a stream on one thread, with a dense and with a recurrent layer.") { hidden };
streamCommand.SetAction(parsed =>
{
    int units = parsed.GetValue(hidden) ?? 128;
    foreach ((int events, bool recurrent) in ((int, bool)[])[(0, false), (10, false), (10, true), (100, true)])
    {
        StreamLatencyResult result = StreamLatency.Measure(units, events, recurrent);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"784-{units}-10{(recurrent ? " recurrent" : "")}, {events} events and {result.SpikesPerStep:F1} hidden spikes per step: ")
            + string.Create(
            CultureInfo.InvariantCulture,
            $"median {result.Median:F2} microseconds, 99th percentile {result.Percentile99:F2}, 99.9th {result.Percentile999:F2}"));
    }
});

var recording = new Command("recording", "Measures what recorders cost in training and in scoring, on optdigits.") { rounds };
recording.SetAction(parsed => RecordingCost.Print(parsed.GetValue(rounds)));

var scoring = new Command("scoring", "Measures scoring of many rows by the transformer of each catalog, on optdigits.") { rounds };
scoring.SetAction(parsed => ScoringCost.Print(parsed.GetValue(rounds)));

var deviceCheck = new Command(
    "device-check", "Trains networks on a GPU, 0 by default, and on the CPU, compares them, and times an epoch. Exit code 3 where there is no GPU.")
{
    gpu, threads, trainSize,
};
deviceCheck.SetAction(parsed => DeviceCheck.Run(parsed.GetValue(gpu) ?? 0, parsed.GetValue(threads), parsed.GetValue(trainSize)));

return new RootCommand("Benchmarks of Microsoft.ML.Snn") { compare, profile, peaksCommand, latency, streamCommand, recording, scoring, deviceCheck }.Parse(args).Invoke();

RunOptions Options(ParseResult parsed) => new(
    parsed.GetValue(epochs)
        ?? parsed.GetValue(caseName) switch
        {
            SpokenDigitsCase.Name => SpokenDigitsCase.DefaultEpochs,
            GrowthCase.Name => 3,
            _ => CaseOf(parsed).Epochs,
        },
    parsed.GetValue(trainSize),
    parsed.GetValue(threads),
    parsed.GetValue(hidden),
    !parsed.GetValue(noPeer),
    parsed.GetValue(gpu));

BenchmarkTask Load(ParseResult parsed, RunOptions options) =>
    CaseOf(parsed).Load(options);

IBenchmarkCase CaseOf(ParseResult parsed) => cases.Single(item => item.Name == parsed.GetValue(caseName));

static Score? RunPeer(BenchmarkTask task, RunOptions options) => task switch
{
    { EProp: not null } => Race.Run(task, 3, () => LatencyMnistEPropCase.Textbook(task, options)),
    _ => Race.Run(task, options.Epochs, () => Rival.Create(task, options.Threads)),
};

// Whether the rival is back-propagation through time in TorchSharp.
static bool IsBptt(BenchmarkTask task) => task is { Integrator: Integrator.Grid, EProp: null, IsRecurrent: false };

static void AtLeast<T>(int minimum, Option<T> option, string wayOut) => option.Validators.Add(result =>
{
    if (result.GetValueOrDefault<T>() is int value && value < minimum)
    {
        result.AddError(string.Create(
            CultureInfo.InvariantCulture, $"{option.Name} must be at least {minimum}, but was {value}. {wayOut}"));
    }
});
