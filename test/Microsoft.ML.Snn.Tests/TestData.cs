using System;
using System.IO;

namespace Microsoft.ML.Snn.Tests;

/// <summary>Finds the data files that some tests compare with; they are not part of the repository.</summary>
/// <remarks>They are looked for in the folder that SNN_DATA names, else in shared/data beside the repository.</remarks>
internal static class TestData
{
    /// <summary>Gets the folder of the data, or null where there is none.</summary>
    public static string? Folder
    {
        get
        {
            string? named = Environment.GetEnvironmentVariable("SNN_DATA");
            if (!string.IsNullOrEmpty(named))
            {
                return named;
            }

            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                string path = System.IO.Path.Combine(folder.FullName, "shared", "data");
                if (Directory.Exists(path))
                {
                    return path;
                }
            }

            return null;
        }
    }

    /// <summary>Returns the path of a file, or null.</summary>
    public static string? Find(string relativePath) =>
        Folder is { } folder && System.IO.Path.Combine(folder, relativePath) is var path && File.Exists(path) ? path : null;

    /// <summary>Returns the path of a file that <see cref="RequiresDataAttribute"/> found.</summary>
    public static string Path(string relativePath) =>
        Find(relativePath) ?? throw new FileNotFoundException($"Mark the test with [RequiresData(\"{relativePath}\")].");
}
