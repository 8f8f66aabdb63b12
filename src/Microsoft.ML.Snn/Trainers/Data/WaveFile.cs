using System;
using System.Buffers.Binary;
using System.IO;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Reads WAV files: PCM of 8, 16, 24 and 32 bits and floating point of 32 and 64 bits, any number of channels.</summary>
/// <remarks>
/// A file is "RIFF", its length, "WAVE" and chunks of a name, a length and content, padded to an even length. Source:
/// Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991); WAVE_FORMAT_EXTENSIBLE,
/// Microsoft, Multiple Channel Audio Data and WAVE Files (2001).
/// </remarks>
internal static class WaveFile
{
    /// <summary>More than any recording of sound has; a damaged header must not make us allocate gigabytes.</summary>
    public const int MaximumSampleRate = 1_000_000;

    private const int PcmFormat = 1;
    private const int FloatFormat = 3;
    private const int ExtensibleFormat = 0xFFFE;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is no WAV file, is damaged, or has a format that is not read.</exception>
    public static WaveSound Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="name">What messages call the file.</param>
    public static WaveSound Parse(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
        {
            throw Error(name, "must be a WAV file, which begins with 'RIFF', a length and 'WAVE'",
                $"its first bytes are {BitConverter.ToString([.. file[..Math.Min(12, file.Length)]])}",
                "Convert other formats to WAV first.");
        }

        Format? format = null;
        for (ReadOnlySpan<byte> rest = file[12..]; rest.Length >= 8;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            ReadOnlySpan<byte> kind = rest[..4];
            rest = rest[8..];
            bool isData = kind.SequenceEqual("data"u8);
            if (length > (uint)rest.Length)
            {
                throw Error(name, $"must have {length} bytes in its chunk '{System.Text.Encoding.Latin1.GetString(kind)}'",
                    $"ends after {rest.Length}", "The file is cut off: copy or download it again.");
            }

            ReadOnlySpan<byte> content = rest[..(int)length];
            if (kind.SequenceEqual("fmt "u8))
            {
                format = ReadFormat(content, name);
            }
            else if (isData)
            {
                Format known = format ?? throw Error(
                    name, "must say its format before its samples", "has no chunk 'fmt ' there", "Convert it again.");
                return new WaveSound(known.Decode(content, name), known.SampleRate);
            }

            rest = rest[Math.Min(rest.Length, (int)length + (int)(length & 1))..];
        }

        throw Error(name, "must have a chunk 'data' with its samples", "has none", "The file is cut off: copy or download it again.");
    }

    private static Format ReadFormat(ReadOnlySpan<byte> chunk, string name)
    {
        if (chunk.Length < 16)
        {
            throw Error(name, "must have 16 bytes or more in its chunk 'fmt '", $"has {chunk.Length}", "Convert it again.");
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (tag == ExtensibleFormat && chunk.Length >= 26)
        {
            // The first two bytes of the GUID are the tag that there would have been without the extension.
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int frame = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if ((tag, bits) is not ((PcmFormat, 8 or 16 or 24 or 32) or (FloatFormat, 32 or 64)))
        {
            throw Error(name, "must hold PCM (format 1) of 8, 16, 24 or 32 bits or floating point (format 3) of 32 or 64 bits",
                $"holds format {tag} of {bits} bits", "Convert it to 16-bit PCM.");
        }

        if (rate is 0 or > MaximumSampleRate)
        {
            throw Error(name, $"must have a sample rate of 1 to {MaximumSampleRate} Hz", $"has {rate} Hz", "The file is damaged.");
        }

        if (channels == 0 || frame != channels * bits / 8)
        {
            throw Error(name, "must have one channel or more, and as many bytes per frame as their samples take",
                $"has {channels} channels of {bits} bits in {frame} bytes", "The file is damaged.");
        }

        return new Format((int)rate, channels, bits / 8, tag == FloatFormat);
    }

    private static InvalidDataException Error(string name, string expected, string found, string wayOut) =>
        new($"File '{name}' {expected}, but {found}. {wayOut}");

    private sealed record Format(int SampleRate, int Channels, int Bytes, bool IsFloat)
    {
        public float[] Decode(ReadOnlySpan<byte> content, string name)
        {
            int frame = Channels * Bytes;
            if (content.Length % frame != 0)
            {
                throw Error(name, $"must hold whole frames of {frame} bytes", $"holds {content.Length} bytes of samples",
                    "The file is cut off or damaged: copy or download it again.");
            }

            var samples = new float[content.Length / frame];
            for (int n = 0; n < samples.Length; n++)
            {
                double sum = 0;
                for (int channel = 0; channel < Channels; channel++)
                {
                    sum += Sample(content[(n * frame + channel * Bytes)..]);
                }

                samples[n] = (float)(sum / Channels);
                if (!float.IsFinite(samples[n]))
                {
                    throw Error(name, "must hold finite samples", $"sample {n} is {samples[n]}", "The file is damaged: convert it again.");
                }
            }

            return samples;
        }

        private double Sample(ReadOnlySpan<byte> at) => (IsFloat, Bytes) switch
        {
            (true, 4) => BinaryPrimitives.ReadSingleLittleEndian(at),
            (true, _) => BinaryPrimitives.ReadDoubleLittleEndian(at),
            // Eight bits are the only width without a sign.
            (_, 1) => (at[0] - 128) / 128.0,
            (_, 2) => BinaryPrimitives.ReadInt16LittleEndian(at) / 32768.0,
            (_, 3) => (at[0] | at[1] << 8 | (sbyte)at[2] << 16) / 8388608.0,
            _ => BinaryPrimitives.ReadInt32LittleEndian(at) / 2147483648.0,
        };
    }
}
