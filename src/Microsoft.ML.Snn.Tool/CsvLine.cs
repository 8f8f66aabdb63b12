using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Microsoft.ML.Snn.Tool;

/// <summary>Splits a line of a text file as ML.NET's text loader does, to look at its values before loading.</summary>
internal static class CsvLine
{
    private static readonly char[] s_separators = [',', '\t', ';', '|', ' '];

    /// <summary>The separator that the first lines agree on: most fields, the same number in every line.</summary>
    public static char FindSeparator(IReadOnlyList<string> lines) => s_separators.MaxBy(separator =>
    {
        int[] counts = [.. lines.Select(line => Split(line, separator).Count)];
        return counts.Length > 0 && counts.Distinct().Count() == 1 ? counts[0] : counts.DefaultIfEmpty(0).Min() / 2;
    });

    /// <summary>The fields of a line; a field in quotes may hold the separator, and a quote written twice.</summary>
    public static List<string> Split(string line, char separator)
    {
        List<string> fields = [];
        var field = new StringBuilder();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && (isQuoted || field.Length == 0))
            {
                if (isQuoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    isQuoted = !isQuoted;
                }
            }
            else if (c == separator && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
