using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Microsoft.ML.Snn.Tests.Tidy;

/// <summary>A C# file and what the house rules say about it.</summary>
/// <param name="Path">Its path, with forward slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    private const int MaximumLines = 400;

    /// <summary>Top folder, or the empty string at the root.</summary>
    public string Room => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : "";

    /// <summary>The folders as they continue a namespace: "" or ".Engine.Cpu".</summary>
    public string NamespaceSuffix => string.Concat(Path.Split('/')[..^1].Select(folder => "." + folder));

    /// <summary>The type that the file is named for: what stands before the first dot, so that a part may add its own word.</summary>
    public string TypeName => Path.Split('/')[^1].Split('.')[0];

    public IEnumerable<string> LengthProblems()
    {
        int lines = Text.Count(c => c == '\n');
        return lines > MaximumLines ? [$"{Path}: {lines} lines, limit {MaximumLines}"] : [];
    }

    public IEnumerable<string> LeftoverProblems() =>
        Leftover().Matches(Text).Select(match => $"{Path}: leftover '{match.Value.Trim()}'");

    /// <summary>A file declares one type at its top level, and is named for it.</summary>
    public IEnumerable<string> TypeProblems()
    {
        string[] types = [.. TopLevelType().Matches(Text).Select(match => match.Groups["name"].Value).Distinct()];
        return types is [var only] && only == TypeName
            ? []
            : [$"{Path}: must declare the type {TypeName} alone, but declares {(types.Length == 0 ? "none" : string.Join(", ", types))}"];
    }

    // Written so that this file does not contain what it looks for.
    [GeneratedRegex(@"\b(TO[D]O|HA[C]K|FIX[M]E)\b|^\s*#\s*(region|if)\b", RegexOptions.Multiline)]
    private static partial Regex Leftover();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|abstract|sealed|static|readonly|ref|unsafe|partial)\s+)*(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+\S+)\s+(?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TopLevelType();
}
