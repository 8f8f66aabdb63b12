using System.Collections.Generic;
using System.IO;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Reads the events of a file in any of the formats that are known.</summary>
internal static class EventFile
{
    /// <summary>The extensions of the formats.</summary>
    public static readonly string[] s_extensions = [".bin", ".bs2", ".dat", ".aedat", ".aedat4", ".npy", ".npz"];

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="name">Its name, whose extension says the format.</param>
    /// <exception cref="InvalidDataException">It is damaged, or its format is not read.</exception>
    public static List<SensorEvent> Parse(byte[] file, string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".bin" or ".bs2" => SaccadeFile.Parse(file, name),
        ".dat" => AtisFile.Parse(file, name),
        ".aedat" => AedatFile.Parse(file, name),
        ".npy" => NumPyEvents.ParseArray(file, name),
        ".npz" => NumPyEvents.ParseArchive(file, name),
        ".aedat4" => Aedat4File.Parse(file, name),
        var other => throw Error(
            name, $"must be one of {string.Join(", ", s_extensions)}", $"is '{other}'", "Convert it, for example to NumPy arrays."),
    };

    /// <summary>Makes the message of a file that cannot be read.</summary>
    public static InvalidDataException Error(string name, string expected, string found, string wayOut) =>
        new($"File '{name}' {expected}, but {found}. {wayOut}");

    /// <summary>Refuses a file that ends inside an event.</summary>
    public static void CheckWhole(int bytes, int eventBytes, string name)
    {
        if (bytes % eventBytes != 0)
        {
            throw Error(name, $"must hold whole events of {eventBytes} bytes", $"has {bytes} bytes of them",
                "The file is cut off or damaged: copy or download it again.");
        }
    }
}
