using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Moves arrays between an engine's state and its bytes.</summary>
/// <remarks>Little-endian, as is every processor that .NET runs on today; without a length, which the program tells.</remarks>
internal static class StateStream
{
    public static void Write<T>(BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged =>
        writer.Write(MemoryMarshal.AsBytes(values));

    /// <exception cref="EndOfStreamException">There are fewer bytes than that.</exception>
    public static void Read<T>(BinaryReader reader, Span<T> values)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        while (!bytes.IsEmpty)
        {
            int count = reader.Read(bytes);
            bytes = count > 0 ? bytes[count..] : throw new EndOfStreamException();
        }
    }
}
