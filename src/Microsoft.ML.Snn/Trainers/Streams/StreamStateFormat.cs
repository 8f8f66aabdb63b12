using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;

namespace Microsoft.ML.Snn.Trainers.Streams;

/// <summary>The bytes of a stream's state: mark, version, length, SHA-256 of the body; in the body first whose state it is.</summary>
/// <remarks>Version 1 is of plain stacks of layers, version 2 of graphs.</remarks>
internal static class StreamStateFormat
{
    // Far more than any state, and small enough that a damaged length allocates little.
    private const int MaximumBody = 1 << 28;
    private static readonly byte[] s_magic = "SNNT"u8.ToArray();

    public static void Write(Stream stream, byte[] model, string readout, int version, Action<BinaryWriter> writeState)
    {
        using var body = new MemoryStream();
        using (var bodyWriter = new BinaryWriter(body, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            bodyWriter.Write(model);
            bodyWriter.Write(readout);
            writeState(bodyWriter);
        }

        byte[] bytes = body.ToArray();
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(s_magic);
        writer.Write(version);
        writer.Write(bytes.Length);
        writer.Write(SHA256.HashData(bytes));
        writer.Write(bytes);
    }

    /// <exception cref="InvalidDataException">The bytes are no state, damaged, or of another model or readout.</exception>
    public static void Read(Stream stream, byte[] model, string readout, int version, Action<BinaryReader> readState)
    {
        using var body = new BinaryReader(new MemoryStream(ReadBody(stream, version)), System.Text.Encoding.UTF8);
        if (!body.ReadBytes(model.Length).AsSpan().SequenceEqual(model))
        {
            throw new InvalidDataException("The state must be of this model, but is of another one. Load the model that the stream was created from.");
        }

        string found = body.ReadString();
        if (found != readout)
        {
            throw new InvalidDataException(
                $"The state must be of a stream that reads {readout}, but it reads {found}. Create the stream with the readout of the saved one.");
        }

        readState(body);
    }

    private static byte[] ReadBody(Stream stream, int expected)
    {
        try
        {
            using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            if (!reader.ReadBytes(s_magic.Length).AsSpan().SequenceEqual(s_magic))
            {
                throw new InvalidDataException("The state must begin with the mark SNNT, but does not. It is not the state of a stream.");
            }

            int version = reader.ReadInt32();
            if (version != expected)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The state's format must be version {expected} for this network, but is {version}. Load it with the version of Microsoft.ML.Snn that saved it."));
            }

            int length = reader.ReadInt32();
            byte[] digest = reader.ReadBytes(SHA256.HashSizeInBytes);
            if (length is < 0 or > MaximumBody)
            {
                throw new InvalidDataException("The state was altered after it was saved: its length is damaged. Save it again from its source.");
            }

            byte[] body = reader.ReadBytes(length);
            if (body.Length < length)
            {
                throw new EndOfStreamException();
            }

            return SHA256.HashData(body).AsSpan().SequenceEqual(digest)
                ? body
                : throw new InvalidDataException("The state was altered after it was saved: its digest does not match its bytes. Save it again from its source.");
        }
        catch (EndOfStreamException end)
        {
            throw new InvalidDataException("The state is truncated: its bytes end too early. Save it again from its source.", end);
        }
    }
}
