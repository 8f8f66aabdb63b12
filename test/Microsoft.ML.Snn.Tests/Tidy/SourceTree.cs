using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Tests.Tidy;

/// <summary>The C# files of this repository.</summary>
internal static class SourceTree
{
    private const string Library = "src/Microsoft.ML.Snn/";

    private static readonly Lazy<string> s_root = new(FindRoot);

    /// <summary>The folder of the solution.</summary>
    public static string Root => s_root.Value;

    /// <summary>Every file of the library, the tests, the samples and the tools.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = Read("src", "test", "samples", "eng");

    /// <summary>The files of the library, with paths that begin at its folder.</summary>
    public static IReadOnlyList<SourceFile> OfLibrary { get; } =
    [
        .. All.Where(file => file.Path.StartsWith(Library, StringComparison.Ordinal))
            .Select(file => file with { Path = file.Path[Library.Length..] }),
    ];

    private static SourceFile[] Read(params string[] folders)
    {
        SourceFile[] files =
        [
            .. from folder in folders
               from path in Directory.EnumerateFiles(Path.Combine(s_root.Value, folder), "*.cs", SearchOption.AllDirectories)
               let relative = Path.GetRelativePath(s_root.Value, path).Replace('\\', '/')
               where !relative.Split('/').Any(part => part is "bin" or "obj")
               select new SourceFile(relative, File.ReadAllText(path)),
        ];
        return files.Length > 100
            ? files
            : throw new DirectoryNotFoundException($"Only {files.Length} sources were found; the checks would pass without looking.");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Microsoft.ML.Snn.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("No folder above the tests holds Microsoft.ML.Snn.sln.");
    }
}
