using System;
using System.IO;
using System.Security.Cryptography;
using Microsoft.ML.Snn.Models;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Models;

/// <summary>A digest guards against accidents; a file made on purpose has a good one, and must do no harm either.</summary>
[TestClass]
public sealed class ModelBodyTests
{
    private const int BodyStart = 4 + 4 + 4 + SHA256.HashSizeInBytes;

    [TestMethod]
    public void Read_AnyBodyByteForgedWithItsDigest_IsAModelOrInvalidDataAndAllocatesLittle()
    {
        byte[] bytes = TinyModel.Bytes();
        for (int at = BodyStart; at < bytes.Length; at++)
        {
            foreach (byte flip in new byte[] { 0x01, 0x40, 0x80, 0xFF })
            {
                byte[] forged = Forge(bytes, at, flip);
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    ModelFormat.Read(new MemoryStream(forged));
                }
                catch (InvalidDataException)
                {
                    // Refused, as it should be where the byte means something.
                }

                Assert.IsLessThan(10_000_000, GC.GetAllocatedBytesForCurrentThread() - before, $"byte {at} ^ {flip}");
            }
        }
    }

    [TestMethod]
    public void Read_ForgedNumberOfChannels_SaysWhatNoNetworkHas()
    {
        // The number of channels, 2, is the first field.
        byte[] forged = Forge(TinyModel.Bytes(), BodyStart + 3, 0x80);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(forged)));

        StringAssert.StartsWith(
            error.Message,
            "The model must describe a network, but holds a value that none has: channels must be 1 to 16777216, but was -2147483646.",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void Read_ForgedBodyTooShortForItsWeights_IsTruncated()
    {
        byte[] bytes = TinyModel.Bytes();
        byte[] forged = Forge(bytes, BodyStart + 2, 0x10);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(forged)));

        Assert.AreEqual("The model is truncated: its bytes end too early. Save it again from its source.", error.Message);
    }

    [TestMethod]
    public void Read_ForgedBytesBehindTheEnd_AreRefused() =>
        AssertRefused("The model has more bytes than its format has fields", WithBody(TinyModel.Bytes(), body => [.. body, 0]));

    /// <summary>What a later version adds is skipped where the model means the same without it; the first letter says so.</summary>
    [TestMethod]
    public void Read_UnknownSection_IsSkippedOrRefusedByItsFirstLetter()
    {
        SnnModel read = ModelFormat.Read(new MemoryStream(WithSection("note", 3, [1, 2, 3])));

        Assert.AreEqual(TinyModel.Create().Program.ToString(), read.Program.ToString());
        AssertRefused("The model must have only sections that this version knows, but has 'Note'.", WithSection("Note", 3, [1, 2, 3]));
        AssertRefused("The model is truncated", WithSection("note", -1, []));
        AssertRefused("The model is truncated", WithSection("note", 4, [1, 2, 3]));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow((1 << 20) + 1)]
    public void Read_ForgedEndOfExamples_IsRefused(int steps)
    {
        SnnModel tiny = TinyModel.Create();
        byte[] bytes = Bytes(tiny with { Program = tiny.Program.EndingAfterLastSpike(7) });

        // The last field of the last section.
        byte[] forged = WithBody(bytes, body => [.. body[..^4], .. BitConverter.GetBytes(steps)]);

        AssertRefused($"The examples of the model must end 0 or more steps after their last spike, but do after {steps}.", forged);
    }

    [TestMethod]
    public void Read_WeightThatIsNoNumber_IsRefused()
    {
        SnnModel model = TinyModel.Create();
        model.Weights[1][2] = float.NaN;

        AssertRefused("The weights of the model must be finite numbers, but are not all.", Bytes(model));
    }

    [TestMethod]
    public void Read_LabelScaleThatNoneHas_IsRefused()
    {
        SnnModel tiny = TinyModel.Create() with { Task = SnnTask.MultiOutputRegression };

        Assert.AreEqual(new LabelScale(1, 2), ModelFormat.Read(new MemoryStream(Bytes(tiny with { Scales = [new(0, 1), new(1, 2)] }))).Scales[1]);
        AssertRefused("The label scales of the model must be finite, with deviations above 0, but are not.", Bytes(tiny with { Scales = [new(0, 1), new(1, 0)] }));
        AssertRefused("The label scales of the model must be finite", Bytes(tiny with { Scales = [new(0, 1), new(double.NaN, 1)] }));
        AssertRefused("The model must have a known task that fits its 2 outputs", Bytes(tiny with { Scales = [new(0, 1)] }));
    }

    private static void AssertRefused(string message, byte[] forged) => StringAssert.StartsWith(
        Assert.ThrowsExactly<InvalidDataException>(() => ModelFormat.Read(new MemoryStream(forged))).Message, message, StringComparison.Ordinal);

    private static byte[] Bytes(SnnModel model)
    {
        using MemoryStream stream = new();
        ModelFormat.Write(stream, model);
        return stream.ToArray();
    }

    /// <summary>The tiny model with a second section behind its task.</summary>
    private static byte[] WithSection(string name, int length, byte[] content) => WithBody(TinyModel.Bytes(), body =>
    {
        int count = body.AsSpan().LastIndexOf("Task"u8) - sizeof(int);
        return
        [
            .. body[..count], .. BitConverter.GetBytes(2), .. body[(count + sizeof(int))..],
            .. System.Text.Encoding.ASCII.GetBytes(name), .. BitConverter.GetBytes(length), .. content,
        ];
    });

    private static byte[] WithBody(byte[] bytes, Func<byte[], byte[]> change)
    {
        byte[] body = change(bytes[BodyStart..]);
        return [.. bytes[..8], .. BitConverter.GetBytes(body.Length), .. SHA256.HashData(body), .. body];
    }

    private static byte[] Forge(byte[] bytes, int at, byte flip)
    {
        byte[] forged = [.. bytes];
        forged[at] ^= flip;
        SHA256.HashData(forged.AsSpan(BodyStart)).CopyTo(forged, BodyStart - SHA256.HashSizeInBytes);
        return forged;
    }
}
