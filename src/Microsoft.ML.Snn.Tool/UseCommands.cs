using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary><c>snn evaluate</c>, <c>snn predict</c>, <c>snn inspect</c> and <c>snn devices</c>: what is done with a trained model.</summary>
internal static class UseCommands
{
    public static int Evaluate(string model, string dataset, ToolConsole console)
    {
        var context = new MLContext();
        long start = Stopwatch.GetTimestamp();
        ModelFile file = ModelFile.Open(context, model);
        IDataView scored = file.Score(dataset);
        TaskRunner runner = TaskRunner.For(scored.Schema, context);
        var result = new Dictionary<string, object?> { ["task"] = runner.Name };
        foreach ((string name, double value) in runner.Evaluate(scored))
        {
            console.Line($"{name,-24}{ToolConsole.Number(value)}");
            result[name] = value;
        }

        result["seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (file.Find<SnnModelParameters>() is { } network)
        {
            OperationCounts counts = network.CountOperations(scored, file.FeatureColumn).Aggregate((a, b) => a.Plus(b));
            (string Name, double Value)[] lines =
            [
                ("spikes", counts.SpikesPerExample), ("synapticEvents", counts.SynapticEventsPerExample),
                ("neuronUpdates", counts.NeuronUpdatesPerExample), ("denseEquivalent", counts.DenseEquivalentPerExample),
            ];
            foreach ((string name, double value) in lines)
            {
                console.Line($"{name + " per row",-24}{ToolConsole.Number(value)}");
                result[name] = value;
            }

            console.Line(string.Create(CultureInfo.InvariantCulture, $"{"share of dense work",-24}{100 * counts.Share:0.##} %"));
        }

        result["model"] = model;
        console.Json(result);
        return ExitCode.Success;
    }

    public static int Predict(string model, string dataset, string? output, ToolConsole console)
    {
        var context = new MLContext();
        IDataView scored = ModelFile.Open(context, model).Score(dataset);
        using var file = output == null ? null : new StreamWriter(output);
        void Write(string line)
        {
            if (file == null)
            {
                console.Line(line);
            }
            else
            {
                file.WriteLine(line);
            }
        }

        DataViewSchema.Column score = scored.Schema["Score"];
        DataViewSchema.Column? predicted = scored.Schema.GetColumnOrNull("PredictedLabel");
        IEnumerable<string> predictions = predicted?.Type switch
        {
            null => scored.GetColumn<float>(score).Select(Text),
            BooleanDataViewType => scored.GetColumn<bool>(predicted.Value).Zip(
                scored.GetColumn<float>("Probability"), (label, probability) => $"{(label ? "true" : "false")},{Text(probability)}"),
            _ => scored.GetColumn<ReadOnlyMemory<char>>(predicted.Value).Zip(
                scored.GetColumn<VBuffer<float>>(score), (label, scores) => $"{Quote(label.ToString())},{Text(scores.DenseValues().Max())}"),
        };
        Write(predicted is null ? "Score" : "PredictedLabel,Probability");
        int rows = 0;
        foreach (string line in predictions)
        {
            Write(line);
            rows++;
        }

        console.Json(new Dictionary<string, object?> { ["rows"] = rows, ["output"] = output, ["model"] = model });
        return ExitCode.Success;

        static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
        static string Quote(string text) => text.Contains(',') || text.Contains('"') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    public static int Devices(ToolConsole console)
    {
        IReadOnlyList<string> gpus = new MLContext().Snn().FindGpus();
        console.Line($"CPU: {Environment.ProcessorCount} threads");
        for (int n = 0; n < gpus.Count; n++)
        {
            console.Line($"GPU {n}: {gpus[n]}");
        }

        if (gpus.Count == 0)
        {
            console.Line("No GPU: no driver of CUDA or OpenCL answers.");
        }

        console.Json(new Dictionary<string, object?> { ["threads"] = Environment.ProcessorCount, ["gpus"] = gpus });
        return ExitCode.Success;
    }
}
