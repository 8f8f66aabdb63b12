using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary>A text file of rows and columns, looked at and ready to load with ML.NET's text loader.</summary>
/// <remarks>
/// Loaded columns: "Label"; "Numbers", one vector of all numeric columns, so that a table of a thousand pixels is as quick
/// as one of four; and one text column for each other column, under its title.
/// </remarks>
internal sealed class Table
{
    public const string Label = "Label";
    public const string Numbers = "Numbers";

    private const int LinesToLookAt = 5_000;

    private readonly char _separator;
    private readonly TableColumn _label;
    private readonly List<TableColumn> _numbers;

    private Table(string path, char separator, bool hasHeader, TableColumn label, List<TableColumn> columns, TaskKind? task)
    {
        Path = path;
        _separator = separator;
        HasHeader = hasHeader;
        _label = label;
        _numbers = [.. columns.Where(column => column != label && column.IsNumeric)];
        Texts = Named([.. columns.Where(column => column != label && !column.IsNumeric && column.DistinctValues > 0)]);
        Task = task ?? InferTask(label);
    }

    public string Path { get; }

    public bool HasHeader { get; }

    /// <summary>Gets what the values of the label say that the task is, or what the user said.</summary>
    public TaskKind Task { get; }

    /// <summary>Gets the title of the label.</summary>
    public string LabelTitle => _label.Title;

    /// <summary>Gets the number of numeric columns.</summary>
    public int NumberCount => _numbers.Count;

    /// <summary>Gets the text columns under the names that they are loaded with.</summary>
    public IReadOnlyList<(string Name, TableColumn Column)> Texts { get; }

    /// <summary>Looks at the first lines of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labelColumn">Title or position, from 0, of the label.</param>
    /// <param name="hasHeader">Whether the first line has the titles; null to find out.</param>
    /// <param name="task">What to predict; null to find out.</param>
    /// <exception cref="ToolException">The file is missing, empty or uneven, or has no such column.</exception>
    public static Table Open(string path, string labelColumn, bool? hasHeader, TaskKind? task)
    {
        if (!File.Exists(path))
        {
            throw new ToolException($"The data set must be a file, but there is none at '{path}'. Check --dataset.");
        }

        // ML.NET skips lines that begin with // and, at the head of a file, those that begin with #: the titles may stand there.
        string? comment = File.ReadLines(path).FirstOrDefault(line => line.StartsWith('#'))?.TrimStart('#').TrimStart();
        List<string> lines = [.. File.ReadLines(path).SkipWhile(line => line.StartsWith('#'))
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)).Take(LinesToLookAt)];
        if (lines.Count < 2)
        {
            throw new ToolException($"The data set must have at least two lines, but '{path}' has {lines.Count}.");
        }

        char separator = CsvLine.FindSeparator([.. lines.Take(50)]);
        List<string>[] rows = [.. lines.Select(line => CsvLine.Split(line, separator))];
        int width = rows[0].Count;
        int uneven = Array.FindIndex(rows, row => row.Count != width);
        if (uneven >= 0)
        {
            throw new ToolException(string.Create(CultureInfo.InvariantCulture,
                $"Every line must have {width} fields separated by '{Show(separator)}' as the first one, but line {uneven + 1} of '{path}' has {rows[uneven].Count}."));
        }

        bool titled = hasHeader ?? LooksLikeHeader(rows);
        List<string>? titles = titled ? rows[0] : comment == null ? null : CsvLine.Split(comment, separator);
        List<TableColumn> columns = [.. Enumerable.Range(0, width).Select(n => new TableColumn(
            n, titles?.Count == width ? titles[n].Trim() : string.Create(CultureInfo.InvariantCulture, $"Column{n}")))];
        foreach (List<string> row in rows.Skip(titled ? 1 : 0))
        {
            for (int n = 0; n < width; n++)
            {
                columns[n].Add(row[n]);
            }
        }

        return new Table(path, separator, titled, Find(columns, labelColumn, path), columns, task);
    }

    /// <summary>The loader, which the model file keeps with the model.</summary>
    public TextLoader CreateLoader(MLContext context)
    {
        var columns = new List<TextLoader.Column>
        {
            new(Label, Task switch
            {
                TaskKind.Binary => DataKind.Boolean,
                TaskKind.Regression => DataKind.Single,
                _ => DataKind.String,
            }, _label.Index),
        };
        if (_numbers.Count > 0)
        {
            columns.Add(new TextLoader.Column(Numbers, DataKind.Single, Ranges()));
        }

        columns.AddRange(Texts.Select(text => new TextLoader.Column(text.Name, DataKind.String, text.Column.Index)));
        return context.Data.CreateTextLoader(new TextLoader.Options
        {
            Columns = [.. columns],
            HasHeader = HasHeader,
            Separators = [_separator],
            AllowQuoting = true,
            MissingRealsAsNaNs = true,
        });
    }

    private static TaskKind InferTask(TableColumn label) => label switch
    {
        { IsYesOrNo: true } => TaskKind.Binary,
        { IsNumeric: true, IsInteger: false } or { IsNumeric: true, DistinctValues: > 50 } => TaskKind.Regression,
        _ => TaskKind.Multiclass,
    };

    /// <summary>Titles are no numbers and all different, and some column below them holds numbers, or the title does not come again.</summary>
    private static bool LooksLikeHeader(List<string>[] rows)
    {
        List<string> first = rows[0];
        return first.Distinct().Count() == first.Count
            && !first.Any(title => IsNumber(title))
            && (rows.Skip(1).Any(row => row.Any(IsNumber)) || rows.Skip(1).All(row => !row.Intersect(first).Any()));
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static TableColumn Find(List<TableColumn> columns, string name, string path)
    {
        TableColumn? found = columns.Find(column => string.Equals(column.Title, name, StringComparison.OrdinalIgnoreCase))
            ?? (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < columns.Count ? columns[index] : null);
        return found ?? throw new ToolException(string.Create(CultureInfo.InvariantCulture,
            $"The label must be the title or the position, 0 to {columns.Count - 1}, of a column, but was '{name}'. '{path}' has {string.Join(", ", columns.Take(20).Select(column => column.Title))}{(columns.Count > 20 ? ", ..." : "")}."));
    }

    private static List<(string Name, TableColumn Column)> Named(List<TableColumn> columns)
    {
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase) { Label, Numbers, "Features", "Score", "PredictedLabel", "Probability" };
        List<(string, TableColumn)> named = [];
        foreach (TableColumn column in columns)
        {
            // A name that is a C# identifier too, for the project that consumes the model.
            var name = new StringBuilder();
            foreach (char c in column.Title)
            {
                name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            }

            string identifier = name.Length > 0 && !char.IsAsciiDigit(name[0]) ? name.ToString() : "_" + name;
            while (!taken.Add(identifier))
            {
                identifier += "_";
            }

            named.Add((identifier, column));
        }

        return named;
    }

    private static string Show(char separator) => separator == '\t' ? "tab" : separator.ToString();

    private TextLoader.Range[] Ranges()
    {
        List<TextLoader.Range> ranges = [];
        for (int n = 0; n < _numbers.Count; n++)
        {
            int last = n;
            while (last + 1 < _numbers.Count && _numbers[last + 1].Index == _numbers[last].Index + 1)
            {
                last++;
            }

            ranges.Add(new TextLoader.Range(_numbers[n].Index, _numbers[last].Index));
            n = last;
        }

        return [.. ranges];
    }
}
