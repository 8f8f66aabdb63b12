using System;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Native memory keeps what is in it when it grows, and who writes behind its end is noticed.</summary>
[TestClass]
public sealed unsafe class NativeBufferTests
{
    [TestMethod]
    public void Grow_KeepsWhatIsThereAndClearsTheRest()
    {
        using var buffer = new NativeBuffer<int>(3);
        buffer.Pointer[2] = 7;
        buffer.Grow(1000);

        Assert.AreEqual(7, buffer.Pointer[2]);
        Assert.IsFalse(new Span<int>(buffer.Pointer + 3, 997).ContainsAnyExcept(0));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(16)]
    [DataRow(100)]
    public void Dispose_WrittenBehindTheEnd_Throws(int length)
    {
        var buffer = new NativeBuffer<byte>(1);
        buffer.Grow(length);
        buffer.Pointer[length] = 1;

        Assert.ThrowsExactly<InvalidOperationException>(buffer.Dispose);
        buffer.Pointer[length] = 0xA5;
        buffer.Dispose();
    }
}
