using System.Collections.Generic;
using System.IO;

namespace Microsoft.ML.Snn.Tool;

/// <summary><c>snn report</c>: one HTML page about the network inside a model file.</summary>
internal static class ReportCommand
{
    public static int Run(string path, string? dataset, string output, int example, ToolConsole console)
    {
        var context = new MLContext();
        ModelFile file = ModelFile.Open(context, path);
        SnnModelParameters network = file.Find<SnnModelParameters>() ?? throw new ToolException(
            $"The model must hold a spiking network, but the trainer that won in '{path}' was another one.");
        var content = new SnnReportContent { Title = $"Spiking network of {Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))}", Example = example };
        if (dataset != null)
        {
            IDataView scored = file.Score(dataset);
            (content.Rows, content.FeatureColumnName) = (scored, file.FeatureColumn);
            switch (network.Task)
            {
                case SnnTask.MulticlassClassification:
                    content.Multiclass = context.MulticlassClassification.Evaluate(scored, Table.Label);
                    break;

                case SnnTask.BinaryClassification:
                    content.Binary = context.BinaryClassification.Evaluate(scored, Table.Label);
                    break;

                case SnnTask.Regression:
                    content.Regression = context.Regression.Evaluate(scored, Table.Label);
                    break;
            }
        }

        SnnReport.Write(output, network, content);
        console.Line($"Report: {output}");
        console.Json(new Dictionary<string, object?>
        {
            ["report"] = output,
            ["accuracy"] = content.Multiclass?.MicroAccuracy ?? content.Binary?.Accuracy,
            ["rSquared"] = content.Regression?.RSquared,
            ["model"] = path,
        });
        return ExitCode.Success;
    }
}
