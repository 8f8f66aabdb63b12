using System;
using System.IO;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

/// <summary>Writes WAV files byte by byte, as the specification says, for the reader to read.</summary>
internal static class WaveBytes
{
    /// <param name="sampleRate">Frames per second.</param>
    /// <param name="channels">Samples per frame.</param>
    /// <param name="bits">Bits per sample.</param>
    /// <param name="isFloat">Whether the samples are floating point.</param>
    /// <param name="samples">Full scale at 1, shape [frame, channel].</param>
    /// <param name="isExtensible">Whether the format stands in the GUID of the extended header.</param>
    public static byte[] Create(
        int sampleRate, int channels, int bits, bool isFloat, ReadOnlySpan<double> samples, bool isExtensible = false)
    {
        using MemoryStream data = new();
        using (BinaryWriter writer = new(data, System.Text.Encoding.Latin1, leaveOpen: true))
        {
            foreach (double x in samples)
            {
                Write(writer, bits, isFloat, x);
            }
        }

        using MemoryStream file = new();
        using (BinaryWriter writer = new(file, System.Text.Encoding.Latin1, leaveOpen: true))
        {
            int format = isFloat ? 3 : 1;
            writer.Write("RIFF"u8);
            writer.Write((int)data.Length + 28 + (isExtensible ? 40 : 16));
            writer.Write("WAVE"u8);

            // An odd chunk before the others: its padding has to be skipped.
            writer.Write("LIST"u8);
            writer.Write(3);
            writer.Write("abc\0"u8);
            writer.Write("fmt "u8);
            writer.Write(isExtensible ? 40 : 16);
            writer.Write((ushort)(isExtensible ? 0xFFFE : format));
            writer.Write((ushort)channels);
            writer.Write(sampleRate);
            writer.Write(sampleRate * channels * bits / 8);
            writer.Write((ushort)(channels * bits / 8));
            writer.Write((ushort)bits);
            if (isExtensible)
            {
                writer.Write((ushort)22);
                writer.Write((ushort)bits);
                writer.Write(0);
                writer.Write((ushort)format);
                writer.Write([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
            }

            writer.Write("data"u8);
            writer.Write((int)data.Length);
            writer.Write(data.ToArray());
        }

        return file.ToArray();
    }

    private static void Write(BinaryWriter writer, int bits, bool isFloat, double x)
    {
        switch (bits, isFloat)
        {
            case (32, true): writer.Write((float)x); break;
            case (64, true): writer.Write(x); break;
            case (8, _): writer.Write((byte)(x * 128 + 128)); break;
            case (16, _): writer.Write((short)(x * 32768)); break;
            case (24, _):
                int value = (int)(x * 8388608);
                writer.Write((ushort)value);
                writer.Write((byte)(value >> 16));
                break;
            default: writer.Write((int)(x * 2147483648)); break;
        }
    }
}
