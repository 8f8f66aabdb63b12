using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Puts the state of a training into a file that is either whole or not there.</summary>
/// <remarks>
/// Layout, little-endian: "SNNC", version, body, SHA-256 of all before it. The file is written under another name, flushed
/// to the disk and then renamed: whoever is killed in the middle leaves the checkpoint before. A checkpoint is read by the
/// version of the library that wrote it: it lives as long as a training, not as long as a model.
/// </remarks>
internal static class CheckpointFormat
{
    public const int CurrentVersion = 4;
    public const string TemporarySuffix = ".tmp";

    private static readonly byte[] s_magic = "SNNC"u8.ToArray();

    /// <summary>Writes a checkpoint; on failure nothing new is left and nothing old is lost.</summary>
    /// <param name="path">The name of the finished file.</param>
    /// <param name="writeBody">Writes the state.</param>
    /// <param name="create">Opens the file to write; tests make it fail.</param>
    /// <exception cref="IOException">The disk is full, or the file cannot be written for another reason.</exception>
    public static void Write(string path, Action<BinaryWriter> writeBody, Func<string, Stream> create)
    {
        string temporary = path + TemporarySuffix;
        try
        {
            using (Stream file = create(temporary))
            {
                using var digest = SHA256.Create();
                using (var hashed = new CryptoStream(file, digest, CryptoStreamMode.Write, leaveOpen: true))
                using (var writer = new BinaryWriter(hashed, System.Text.Encoding.UTF8))
                {
                    writer.Write(s_magic);
                    writer.Write(CurrentVersion);
                    writeBody(writer);
                }

                file.Write(digest.Hash!);
                file.Flush();
                (file as FileStream)?.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads a checkpoint, after its digest has been checked.</summary>
    /// <exception cref="InvalidDataException">It is no checkpoint, truncated, altered, or of another version.</exception>
    public static void Read(string path, Action<BinaryReader> readBody)
    {
        using FileStream file = File.OpenRead(path);
        long end = file.Length - SHA256.HashSizeInBytes;
        if (end < s_magic.Length + sizeof(int) || !HasGoodDigest(file, end))
        {
            throw Broken(path, "it is truncated or was altered: its digest does not match its bytes");
        }

        file.Position = 0;
        using var reader = new BinaryReader(file, System.Text.Encoding.UTF8);
        if (!reader.ReadBytes(s_magic.Length).AsSpan().SequenceEqual(s_magic))
        {
            throw Broken(path, "it does not begin with the mark SNNC");
        }

        int version = reader.ReadInt32();
        if (version != CurrentVersion)
        {
            throw Broken(path, string.Create(
                CultureInfo.InvariantCulture, $"its format is version {version}, and this version of the library reads {CurrentVersion}"));
        }

        readBody(reader);
        if (file.Position != end)
        {
            throw Broken(path, string.Create(
                CultureInfo.InvariantCulture, $"its state has {end} bytes, of which {file.Position} were expected"));
        }
    }

    private static bool HasGoodDigest(FileStream file, long end)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[1 << 16];
        while (file.Position < end)
        {
            int count = file.Read(piece, 0, (int)Math.Min(piece.Length, end - file.Position));
            if (count == 0)
            {
                return false;
            }

            digest.AppendData(piece, 0, count);
        }

        byte[] found = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(found);
        return digest.GetHashAndReset().AsSpan().SequenceEqual(found);
    }

    private static InvalidDataException Broken(string path, string why) => new(
        $"Checkpoint {path} cannot be used: {why}. Delete it to go on from the one before, or train with Resume = false in an empty folder.");
}
