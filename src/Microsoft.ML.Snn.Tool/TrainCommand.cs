using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace Microsoft.ML.Snn.Tool;

/// <summary><c>snn train</c> and <c>snn experiment</c>: a table in, a model and a project that uses it out.</summary>
internal static class TrainCommand
{
    /// <summary>What the command line said.</summary>
    internal sealed record Arguments
    {
        public required string Dataset { get; init; }

        public required string LabelColumn { get; init; }

        public string? TestDataset { get; init; }

        public bool? HasHeader { get; init; }

        public TaskKind? Task { get; init; }

        public uint TrainTime { get; init; } = DefaultTrainTime;

        public string? Output { get; init; }

        public bool Rivals { get; init; }

        public int? MaxModels { get; init; }

        public int Seed { get; init; }
    }

    /// <summary>Long enough for a few dozen networks on a small table; with all that comes before and after less than a minute.</summary>
    public const uint DefaultTrainTime = 50;

    public static int Run(Arguments arguments, ToolConsole console, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        var context = new MLContext(arguments.Seed);
        Table table = Table.Open(arguments.Dataset, arguments.LabelColumn, arguments.HasHeader, arguments.Task);
        TaskRunner runner = TaskRunner.For(table.Task, context);
        var loader = table.CreateLoader(context);
        IDataView rows = loader.Load(table.Path);
        if (arguments.TestDataset is { } missing && !File.Exists(missing))
        {
            throw new ToolException($"The test data must be a file, but there is none at '{missing}'. Check --test-dataset.");
        }

        console.Line(string.Create(CultureInfo.InvariantCulture,
            $"{runner.Name} of '{table.LabelTitle}' from {table.NumberCount} numbers and {table.Texts.Count} text columns, {arguments.TrainTime} s"));
        SearchResult found = runner.Search(rows, arguments, run => console.Line(Describe(run, runner)), cancel);

        string folder = arguments.Output ?? Path.GetFileNameWithoutExtension(table.Path) + "-snn";
        Directory.CreateDirectory(folder);
        string modelPath = Path.Combine(folder, "model.zip");
        ModelFile.Save(context, found.Model, loader, modelPath);
        ConsumerProject.Write(folder, table, rows);

        // The file is judged, not the model in memory: what is printed is what will be loaded.
        ModelFile saved = ModelFile.Open(context, modelPath);
        IReadOnlyList<(string Name, double Value)> metrics = arguments.TestDataset is { } test
            ? runner.Evaluate(saved.Score(test))
            : [(runner.MetricName, found.Best.Score)];
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        console.Line("");
        console.Table(["Rank", "Trainer", runner.MetricName, "Seconds", "Settings"], found.Runs
            .Where(run => !double.IsNaN(run.Score)).OrderByDescending(run => run.Score).Take(5)
            .Select((run, rank) => (IReadOnlyList<string>)[$"{rank + 1}", run.Trainer, ToolConsole.Number(run.Score), ToolConsole.Number(run.Seconds), run.Settings]));
        foreach ((string name, double value) in metrics)
        {
            console.Line($"{name} on {(arguments.TestDataset == null ? "the rows held out for validation" : "the test data")}: {ToolConsole.Number(value)}");
        }

        console.Line($"Model: {modelPath}. A project that uses it: {Path.Combine(folder, ConsumerProject.Folder)}");
        var result = new Dictionary<string, object?> { ["task"] = runner.Name };
        foreach ((string name, double value) in metrics)
        {
            result[name] = value;
        }

        result["measuredOn"] = arguments.TestDataset == null ? "validation" : "test";
        result["seconds"] = seconds;
        result["models"] = found.Runs.Count;
        result["trainer"] = found.Best.Trainer;
        result["settings"] = found.Best.Settings;
        result["cancelled"] = found.WasCancelled;
        result["model"] = modelPath;
        console.Json(result);
        return found.WasCancelled ? ExitCode.Cancelled : ExitCode.Success;
    }

    private static string Describe(RunLine run, TaskRunner runner) => string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Run,3}  {run.Trainer,-10} {(double.IsNaN(run.Score) ? "failed" : $"{runner.MetricName} {run.Score:0.0000}")}  {run.Seconds,5:0.0} s  {run.Settings}");
}
