using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.ML.Snn.Tests.Tidy;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Gradients;

/// <summary>The tables of docs/gradients.md: every row is measured by a test, which compares it with the committed one.</summary>
/// <remarks>
/// Set SNN_WRITE_GRADIENTS=1 and run the tests to write what they measure. A figure that differs from the committed one
/// by more than <see cref="Factor"/> fails the test, in either direction: the table neither promises too much nor is old.
/// </remarks>
internal static class GradientTable
{
    public const string EventOracle = "Event-driven oracle against central differences";
    public const string EventEngine = "Event-driven engine against the event-driven oracle";
    public const string EventSteps = "Graph engine against the event-driven engine, by time step";
    public const string GraphSteps = "Graph engine against central differences, by time step";
    public const string LayerSteps = "Layer engine against the event-driven oracle, by time step";
    public const string OwnSteps = "User's neurons in the engine against central differences, by time step";
    public const string OwnCheck = "User's neurons: `GradientCheck`";
    public const string GraphRounding = "Graph engine against the grid oracle, at one time step";

    /// <summary>How far a measured figure may be from the committed one: rounding differs from machine to machine.</summary>
    private const double Factor = 4;

    /// <summary>Below this all is rounding, of the differences too, and no figure is better than another.</summary>
    private const double Noise = 1e-7;

    private static readonly Lock s_lock = new();
    private static readonly string s_path = Path.Combine(SourceTree.Root, "docs", "gradients.md");
    private static readonly bool s_writes = Environment.GetEnvironmentVariable("SNN_WRITE_GRADIENTS") == "1";

    /// <summary>Compares a row with the committed one, or writes it.</summary>
    /// <param name="section">One of the constants above: the heading over the table.</param>
    /// <param name="row">What was differentiated, the first cell.</param>
    /// <param name="errors">Relative errors, the next cells.</param>
    /// <param name="more">The last cell, a count or an order of convergence; null for none.</param>
    public static void Check(string section, string row, IEnumerable<double> errors, double? more = null)
    {
        string[] cells =
        [
            row, .. errors.Select(error => error.ToString("0.0E-00", CultureInfo.InvariantCulture)),
            .. more is { } last ? new[] { last.ToString(last == Math.Floor(last) ? "F0" : "F2", CultureInfo.InvariantCulture) } : [],
        ];
        if (s_writes)
        {
            Write(section, cells);
            return;
        }

        string[] committed = Rows(section).FirstOrDefault(cells => cells[0] == row)
            ?? throw new AssertFailedException($"docs/gradients.md has no row '{row}' under '{section}'. Set SNN_WRITE_GRADIENTS=1 to write it.");
        Assert.HasCount(cells.Length, committed, row);
        for (int n = 1; n < cells.Length; n++)
        {
            double found = double.Parse(cells[n], CultureInfo.InvariantCulture);
            double expected = double.Parse(committed[n], CultureInfo.InvariantCulture);
            bool isClose = cells[n].Contains('E', StringComparison.Ordinal)
                ? found <= Factor * Math.Max(expected, Noise) && (found >= expected / Factor || expected <= Noise)
                : Math.Abs(found - expected) <= 0.2 * Math.Max(1, Math.Abs(expected));
            Assert.IsTrue(isClose, $"docs/gradients.md says {committed[n]} for '{row}' under '{section}', but {cells[n]} was measured. "
                + "Set SNN_WRITE_GRADIENTS=1 to write it.");
        }
    }

    /// <summary>The cells of the committed rows under a heading.</summary>
    public static string[][] Rows(string section)
    {
        lock (s_lock)
        {
            List<string> lines = [.. File.ReadAllLines(s_path)];
            (int first, int end) = TableOf(lines, section);
            return [.. lines[first..end].Select(Cells)];
        }
    }

    private static void Write(string section, string[] cells)
    {
        lock (s_lock)
        {
            List<string> lines = [.. File.ReadAllLines(s_path)];
            (int first, int end) = TableOf(lines, section);
            string line = $"| {string.Join(" | ", cells)} |";
            int at = lines.FindIndex(first, end - first, old => Cells(old)[0] == cells[0]);
            if (at >= 0)
            {
                lines[at] = line;
            }
            else
            {
                // In the order of their names, so that tests may run in any order.
                at = lines.FindIndex(first, end - first, old => string.CompareOrdinal(Cells(old)[0], cells[0]) > 0);
                lines.Insert(at < 0 ? end : at, line);
            }

            File.WriteAllText(s_path, string.Join('\n', lines) + "\n");
        }
    }

    /// <summary>The lines of the rows under a heading, without the two lines of the table's head.</summary>
    private static (int First, int End) TableOf(List<string> lines, string section)
    {
        int heading = lines.IndexOf($"## {section}");
        int head = heading < 0 ? -1 : lines.FindIndex(heading, line => line.StartsWith('|'));
        if (head < 0)
        {
            throw new AssertFailedException($"docs/gradients.md has no table under '{section}'.");
        }

        int end = head + 2;
        while (end < lines.Count && lines[end].StartsWith('|'))
        {
            end++;
        }

        return (head + 2, end);
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
}
