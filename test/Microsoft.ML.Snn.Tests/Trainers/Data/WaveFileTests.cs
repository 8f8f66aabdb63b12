using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class WaveFileTests
{
    private static readonly double[] s_samples = [0, 0.5, -0.5, 0.75, -1, 0.25];

    [TestMethod]
    [DataRow(8, false, false)]
    [DataRow(16, false, false)]
    [DataRow(24, false, false)]
    [DataRow(32, false, false)]
    [DataRow(32, true, false)]
    [DataRow(64, true, false)]
    [DataRow(16, false, true, DisplayName = "16 bits, extensible")]
    [DataRow(32, true, true, DisplayName = "Floating point, extensible")]
    public void Parse_Mono_GivesTheSamplesThatWereWritten(int bits, bool isFloat, bool isExtensible)
    {
        WaveSound sound = WaveFile.Parse(WaveBytes.Create(8000, 1, bits, isFloat, s_samples, isExtensible), "a.wav");

        Assert.AreEqual(8000, sound.SampleRate);
        CollectionAssert.AreEqual(s_samples, sound.Samples.Select(x => (double)x).ToArray());
    }

    [TestMethod]
    [DataRow(16, false)]
    [DataRow(32, true)]
    public void Parse_Stereo_GivesTheMeanOfTheChannels(int bits, bool isFloat)
    {
        WaveSound sound = WaveFile.Parse(WaveBytes.Create(44_100, 2, bits, isFloat, s_samples), "a.wav");

        Assert.AreEqual(44_100, sound.SampleRate);
        CollectionAssert.AreEqual(new[] { 0.25f, 0.125f, -0.375f }, sound.Samples);
    }

    [TestMethod]
    [DataRow(0, 'X', "must be a WAV file, which begins with 'RIFF', a length and 'WAVE', but its first bytes are 58-49-46-46-")]
    [DataRow(32, 2, "must hold PCM (format 1) of 8, 16, 24 or 32 bits or floating point (format 3) of 32 or 64 bits, but holds format 2 of 16 bits.")]
    [DataRow(34, 2, "must have one channel or more, and as many bytes per frame as their samples take, but has 2 channels of 16 bits in 2 bytes.")]
    [DataRow(39, 0xFF, "must have a sample rate of 1 to 1000000 Hz, but has 4278198080 Hz.")]
    [DataRow(28, 12, "must have 16 bytes or more in its chunk 'fmt ', but has 12.")]
    [DataRow(55, 0x10, "must have 268435468 bytes in its chunk 'data', but ends after 12.")]
    [DataRow(52, 11, "must hold whole frames of 2 bytes, but holds 11 bytes of samples.")]
    public void Parse_DamagedFile_SaysWhat(int offset, int value, string expected)
    {
        byte[] file = WaveBytes.Create(8000, 1, 16, false, s_samples);
        file[offset] = (byte)value;

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => WaveFile.Parse(file, "a.wav"));

        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
    }

    [TestMethod]
    public void Parse_NotANumber_SaysWhichSample()
    {
        byte[] file = WaveBytes.Create(8000, 1, 32, true, [0, double.NaN]);

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => WaveFile.Parse(file, "a.wav"));

        Assert.AreEqual(
            "File 'a.wav' must hold finite samples, but sample 1 is NaN. The file is damaged: convert it again.", error.Message);
    }

    [TestMethod]
    public void Parse_CutOffAnywhere_IsAnError()
    {
        byte[] file = WaveBytes.Create(8000, 2, 24, false, s_samples);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.ThrowsExactly<InvalidDataException>(() => WaveFile.Parse(file.AsSpan(0, length), "a.wav"), $"{length} bytes");
        }
    }

    /// <summary>Whatever byte is altered, the file is read or refused, and never takes more memory than it has bytes.</summary>
    [TestMethod]
    public void Parse_AnyByteAltered_IsReadOrRefused()
    {
        byte[] file = WaveBytes.Create(8000, 1, 16, false, s_samples, isExtensible: true);
        int refused = 0;
        for (int at = 0; at < file.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                byte[] altered = [.. file];
                altered[at] = value;
                try
                {
                    Assert.IsLessThanOrEqualTo(file.Length, WaveFile.Parse(altered, "a.wav").Samples.Length);
                }
                catch (InvalidDataException)
                {
                    refused++;
                }
            }
        }

        Assert.IsGreaterThan(50, refused);
    }
}
