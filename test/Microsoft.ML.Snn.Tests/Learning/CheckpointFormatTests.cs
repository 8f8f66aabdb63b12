using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Learning;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Learning;

/// <summary>A checkpoint is whole or it is not there, and a damaged one is never believed.</summary>
[TestClass]
public sealed class CheckpointFormatTests
{
    [TestMethod]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, 42);

        Assert.AreEqual(42, Read(path));
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.FullName), "No temporary file is left.");
    }

    [TestMethod]
    public void Read_AnyByteChangedOrCutOff_IsRefused()
    {
        using TemporaryFolder folder = new();
        byte[] good = File.ReadAllBytes(Write(folder, 42));
        for (int n = 0; n < good.Length; n++)
        {
            byte[] changed = [.. good];
            changed[n] ^= 0x40;
            AssertBroken(folder, changed);
            AssertBroken(folder, good[..n]);
        }
    }

    [TestMethod]
    public void Read_BodyOfAnotherLength_IsRefused()
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("long.snn");
        CheckpointFormat.Write(path, writer => writer.Write(new byte[8]), File.Create);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Read(path));

        StringAssert.Contains(error.Message, "its state has 16 bytes, of which 12 were expected", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Write_DiskFull_LeavesTheOldFileAndNoRest()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, 42);
        foreach (int room in Enumerable.Range(0, 44))
        {
            Assert.ThrowsExactly<IOException>(() => CheckpointFormat.Write(path, writer => writer.Write(43), name => new FullDisk(name, room)));
        }

        Assert.AreEqual(42, Read(path));
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.FullName));
    }

    private static string Write(TemporaryFolder folder, int value)
    {
        string path = folder.PathOf("checkpoint.snn");
        CheckpointFormat.Write(path, writer => writer.Write(value), File.Create);
        return path;
    }

    private static int Read(string path)
    {
        int value = 0;
        CheckpointFormat.Read(path, reader => value = reader.ReadInt32());
        return value;
    }

    private static void AssertBroken(TemporaryFolder folder, byte[] bytes) =>
        Assert.ThrowsExactly<InvalidDataException>(() => Read(folder.Write("broken.snn", bytes)));
}
