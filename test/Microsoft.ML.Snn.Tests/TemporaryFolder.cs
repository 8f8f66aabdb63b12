using System;
using System.IO;
using System.IO.Compression;

namespace Microsoft.ML.Snn.Tests;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("snn-").FullName;

    public string PathOf(string name) => Path.Combine(FullName, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    public string WriteGzip(string name, byte[] content) => Write(name, Gzip(content));

    public static byte[] Gzip(byte[] content)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
