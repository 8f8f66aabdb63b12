using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Spectre.Console;

namespace Microsoft.ML.Snn.Tool;

/// <summary>Where results go: words for people, or one JSON object as the last line for programs.</summary>
/// <remarks>Spectre.Console writes colours only where the output is a terminal.</remarks>
internal sealed class ToolConsole(TextWriter output, bool json)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A file or a pipe has no width: wide enough for every line of ours.</summary>
    private const int WidthOfAFile = 240;

    private readonly IAnsiConsole _console = CreateConsole(output);

    /// <summary>Writes a line for people; with JSON it is left out.</summary>
    public void Line(string text)
    {
        if (!json)
        {
            output.WriteLine(text);
        }
    }

    /// <summary>Writes a table for people.</summary>
    public void Table(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (json)
        {
            return;
        }

        var table = new Spectre.Console.Table().Border(TableBorder.Simple);
        foreach (string title in titles)
        {
            table.AddColumn(new Spectre.Console.TableColumn(new Text(title)).NoWrap());
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            var cells = new Text[row.Count];
            for (int n = 0; n < cells.Length; n++)
            {
                cells[n] = new Text(row[n]);
            }

            table.AddRow(cells);
        }

        _console.Write(table);
    }

    /// <summary>Writes the JSON object, if that was asked for. A number that is none is written as a string.</summary>
    public void Json(IReadOnlyDictionary<string, object?> values)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(values, s_json));
        }
    }

    /// <summary>A number with the digits that matter.</summary>
    public static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static IAnsiConsole CreateConsole(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthOfAFile;
        }

        return console;
    }
}
