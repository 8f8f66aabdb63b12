using System.Collections.Generic;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary><c>snn report</c>: one HTML page about the network inside a model file.</summary>
internal static class ReportCommand
{
    public static int Run(string path, string? dataset, string output, ToolConsole console)
    {
        var context = new MLContext();
        ModelFile file = ModelFile.Open(context, path);
        SnnModelParameters network = file.Find<SnnModelParameters>() ?? throw new ToolException(
            $"The model must hold a spiking network, but the trainer that won in '{path}' was another one.");
        MulticlassClassificationMetrics? metrics = dataset != null && network.Task == SnnTask.MulticlassClassification
            ? context.MulticlassClassification.Evaluate(file.Score(dataset), Table.Label)
            : null;
        SnnReport.Write(output, network, metrics);
        console.Line($"Report: {output}");
        console.Json(new Dictionary<string, object?> { ["report"] = output, ["accuracy"] = metrics?.MicroAccuracy, ["model"] = path });
        return ExitCode.Success;
    }
}
