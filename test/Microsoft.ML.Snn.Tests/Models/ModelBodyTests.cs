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

    private static byte[] Forge(byte[] bytes, int at, byte flip)
    {
        byte[] forged = [.. bytes];
        forged[at] ^= flip;
        SHA256.HashData(forged.AsSpan(BodyStart)).CopyTo(forged, BodyStart - SHA256.HashSizeInBytes);
        return forged;
    }
}
