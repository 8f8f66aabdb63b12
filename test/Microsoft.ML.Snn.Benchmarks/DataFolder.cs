using System;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Finds the folder of the data sets.</summary>
internal static class DataFolder
{
    /// <summary>Path of a data file.</summary>
    /// <remarks>The folder is SNN_DATA, or else shared/data beside the repository that the program was started in or built from.</remarks>
    /// <exception cref="FileNotFoundException">The file is in none of them.</exception>
    public static string PathOf(string set, string file)
    {
        string? folder = Environment.GetEnvironmentVariable("SNN_DATA")
            ?? RepositoryAbove(Environment.CurrentDirectory, set)
            ?? RepositoryAbove(AppContext.BaseDirectory, set);
        string path = Path.Combine(folder ?? "shared/data", set, file);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException(
                $"{file} must be in the folder {set} of the data sets, but {path} does not exist. " +
                "Set SNN_DATA to the folder that holds the data sets.");
    }

    private static string? RepositoryAbove(string start, string set)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(folder.FullName, "..", "shared", "data");
            if (folder.EnumerateFiles("*.sln").Any() && Directory.Exists(Path.Combine(data, set)))
            {
                return Path.GetFullPath(data);
            }
        }

        return null;
    }
}
