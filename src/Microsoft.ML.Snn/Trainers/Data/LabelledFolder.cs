using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Finds the files of a folder whose subfolders are the classes.</summary>
internal static class LabelledFolder
{
    /// <summary>Returns the files in order of class and name, and the names of the classes in ordinal order.</summary>
    /// <param name="folder">Holds one folder per class.</param>
    /// <param name="extensions">The extensions of the files, with their dots.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It has no subfolder with such a file.</exception>
    public static (Recording[] Recordings, string[] Classes) Find(string folder, params string[] extensions)
    {
        string[] folders = [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        List<Recording> recordings = [];
        for (int label = 0; label < folders.Length; label++)
        {
            recordings.AddRange(
                from file in Directory.EnumerateFiles(folders[label])
                where extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
                orderby file
                select new Recording((uint)label + 1, file, () => File.ReadAllBytes(file)));
        }

        return recordings.Count > 0 ? ([.. recordings], [.. folders.Select(path => Path.GetFileName(path)!)]) : throw new InvalidDataException(
            $"Folder '{folder}' must hold a folder per class with {string.Join(" or ", extensions)} files in it, but has {folders.Length} "
            + "folders and no such file. Name the folder above those of the classes.");
    }
}
