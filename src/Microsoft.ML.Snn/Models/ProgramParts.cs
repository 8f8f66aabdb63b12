using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>The parts of a program as bytes: whether two programs are the same network, down to each number and each synapse.</summary>
/// <remarks>The tables that people read leave thresholds, resets and places of synapses out.</remarks>
internal static partial class ProgramParts
{
    /// <summary>What is not the same, or null. Synapses that training moves may be anywhere.</summary>
    /// <param name="earlier">The program of a model.</param>
    /// <param name="now">The program of a training.</param>
    public static string? Difference(NetworkProgram earlier, NetworkProgram now)
    {
        bool IsFixed(int connection) => earlier.Connections[connection].Rewiring == null && now.Connections[connection].Rewiring == null;
        bool isAlike = earlier.Connections.Count == now.Connections.Count && earlier.Populations.Count == now.Populations.Count;
        (string Name, byte[] Bytes)[] before = isAlike ? [.. Of(earlier, IsFixed)] : [], after = isAlike ? [.. Of(now, IsFixed)] : [];
        int part = before.Zip(after).TakeWhile(pair => pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes)).Count();
        if (isAlike && before.Length == after.Length && part == before.Length)
        {
            return null;
        }

        (string Before, string Now) lines = LinesOf(earlier).Zip(LinesOf(now)).FirstOrDefault(pair => pair.First != pair.Second);
        return lines.Before != null ? $"it has \"{lines.Before}\", not \"{lines.Now}\""
            : part < before.Length ? $"its {before[part].Name} has other numbers or synapses"
            : "it has other parts";
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Of(NetworkProgram program, Func<int, bool> hasTable)
    {
        yield return ("grid of time", Written(writer =>
        {
            writer.Write(program.Channels);
            writer.Write(program.Steps);
            writer.Write(program.TimeStep);
            writer.Write((int)program.Integrator);
            writer.Write(program.StepsAfterLastSpike ?? -1);
        }));
        foreach (InputProgram input in program.Inputs)
        {
            yield return ($"input '{input.Name}'", Written(writer => GraphBody.WriteInput(writer, input)));
        }

        foreach (PopulationProgram population in program.Populations)
        {
            yield return ($"population '{population.Name}'", Written(writer => GraphBody.WritePopulation(writer, population, ModelFormat.CurrentVersion)));
        }

        foreach (ConnectionProgram connection in program.Connections)
        {
            yield return ($"connection '{connection.Name}'", Written(writer =>
            {
                writer.Write(connection.WeightCount);
                GraphBody.WriteConnection(writer, hasTable(connection.Index) ? connection : connection with { Table = null });
            }));
        }
    }

    private static byte[] Written(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes))
        {
            write(writer);
        }

        return bytes.ToArray();
    }

    /// <summary>The lines of the tables without the spaces that make columns of them.</summary>
    private static string[] LinesOf(NetworkProgram program) => [.. program.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => Columns().Replace(line.Trim(), ", "))];

    [GeneratedRegex("  +")]
    private static partial Regex Columns();
}
