using System;
using System.IO;
using System.Text.Json;
using System.Threading;
using Microsoft.ML.Snn.Tool;

namespace Microsoft.ML.Snn.Tests.Tool;

/// <summary>One call of the tool, in this process.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public static ToolRun Of(params string[] args) => Of(CancellationToken.None, args);

    public static ToolRun Of(CancellationToken cancel, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = SnnCommands.Run(args, output, error, cancel);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The JSON object of the last line.</summary>
    public JsonElement Json()
    {
        string last = Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
        return JsonDocument.Parse(last).RootElement;
    }
}
