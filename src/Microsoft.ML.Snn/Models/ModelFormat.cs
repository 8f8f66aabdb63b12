using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace Microsoft.ML.Snn.Models;

/// <summary>Writes a model as bytes and reads it back, whatever version of the library wrote it.</summary>
/// <remarks>
/// <para>Layout, little-endian: "SNNM", version, length of the body, SHA-256 of the body, body. The digest is checked
/// before anything of the body is believed, so that a truncated or altered file is an error and not another model.</para>
/// <para>Rules for the future: a new version appends to the body; a reader of version n reads all versions up to n.
/// A file of every version is stored with the tests.</para>
/// </remarks>
internal static class ModelFormat
{
    public const int CurrentVersion = 4;

    private const int MaximumBody = int.MaxValue - 64;
    private static readonly byte[] s_magic = "SNNM"u8.ToArray();

    public static void Write(Stream stream, SnnModel model)
    {
        int version = VersionOf(model);
        using var body = new MemoryStream();
        using (var bodyWriter = new BinaryWriter(body, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            ModelBody.Write(bodyWriter, model, version);
        }

        ReadOnlySpan<byte> bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(s_magic);
        writer.Write(version);
        writer.Write(bytes.Length);
        writer.Write(SHA256.HashData(bytes));
        writer.Write(bytes);
    }

    /// <exception cref="InvalidDataException">The bytes are not a model, truncated, altered, or of a later version.</exception>
    public static SnnModel Read(Stream stream)
    {
        try
        {
            using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            if (!reader.ReadBytes(s_magic.Length).AsSpan().SequenceEqual(s_magic))
            {
                throw new InvalidDataException("The model must begin with the mark SNNM, but does not. The file is not a spiking network or is corrupt.");
            }

            int version = reader.ReadInt32();
            if (version is < 1 or > CurrentVersion)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The model's format must be version 1 to {CurrentVersion}, but is {version}. Load it with a later version of Microsoft.ML.Snn."));
            }

            return Parse(ReadBody(reader), version);
        }
        catch (EndOfStreamException end)
        {
            throw new InvalidDataException("The model is truncated: its bytes end too early. Save it again from its source.", end);
        }
    }

    /// <summary>The first version that can say all of a model: so earlier versions of the library read what they can.</summary>
    private static int VersionOf(SnnModel model) =>
        model.Program.Parameters.Any(p => p.Kind == ParameterKind.Number) ? CellFormat.FirstVersionWithNumbers : 3;

    private static SnnModel Parse(byte[] body, int version)
    {
        try
        {
            return ModelBody.Read(new MemoryStream(body), version);
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException)
        {
            // The digest is good: somebody made this file on purpose, or a writer has an error.
            throw new InvalidDataException($"The model must describe a network, but holds a value that none has: {refused.Message}", refused);
        }
    }

    private static byte[] ReadBody(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        byte[] digest = reader.ReadBytes(SHA256.HashSizeInBytes);

        // Read in pieces: a corrupt length must not allocate gigabytes.
        using var body = new MemoryStream();
        for (int left = length is >= 0 and <= MaximumBody ? length : 0; left > 0;)
        {
            byte[] piece = reader.ReadBytes(Math.Min(left, 1 << 20));
            if (piece.Length == 0)
            {
                throw new EndOfStreamException();
            }

            body.Write(piece);
            left -= piece.Length;
        }

        byte[] bytes = body.ToArray();
        return SHA256.HashData(bytes).AsSpan().SequenceEqual(digest)
            ? bytes
            : throw new InvalidDataException("The model was altered after it was saved: its digest does not match its bytes. Save it again from its source.");
    }
}
