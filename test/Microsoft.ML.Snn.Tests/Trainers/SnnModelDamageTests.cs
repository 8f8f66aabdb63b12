using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A damaged file is an error, never another model.</summary>
[TestClass]
public sealed class SnnModelDamageTests
{
    [TestMethod]
    [DataRow(0, "The model must begin with the mark SNNM, but does not. The file is not a spiking network or is corrupt.")]
    [DataRow(4, "The model's format must be version 1 to 4, but is ")]
    [DataRow(12, "The model was altered after it was saved: its digest does not match its bytes. Save it again from its source.")]
    [DataRow(60, "The model was altered after it was saved: its digest does not match its bytes. Save it again from its source.")]
    [DataRow(300, "The model was altered after it was saved: its digest does not match its bytes. Save it again from its source.")]
    public void Load_FlippedByte_SaysWhat(int offset, string expected) =>
        AssertError(expected, (bytes, start) =>
        {
            bytes[start + offset] ^= 0x40;
            return bytes;
        });

    [TestMethod]
    public void Load_TruncatedPayload_IsAnError() => AssertError(null, (bytes, start) => bytes[..(start + 200)]);

    [TestMethod]
    public void Load_TruncatedFile_IsAnError()
    {
        byte[] file = SavedModel();
        foreach (int length in new[] { 0, 100, file.Length / 2, file.Length - 1 })
        {
            using MemoryStream cut = new(file[..length]);
            Assert.Throws<Exception>(() => new MLContext().Model.Load(cut, out _));
        }
    }

    private static void AssertError(string? expected, Func<byte[], int, byte[]> damage)
    {
        using MemoryStream file = new();
        file.Write(SavedModel());
        using (ZipArchive zip = new(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            (ZipArchiveEntry entry, byte[] bytes, int start) = zip.Entries.Select(Read).First(found => found.Start >= 0);
            byte[] damaged = damage(bytes, start);
            string name = entry.FullName;
            entry.Delete();
            using Stream stream = zip.CreateEntry(name).Open();
            stream.Write(damaged);
        }

        file.Position = 0;
        Exception error = Assert.Throws<Exception>(() => new MLContext().Model.Load(file, out _));

        // ML.NET finds our constructor by reflection and wraps what it throws.
        if (expected != null)
        {
            StringAssert.Contains(error.ToString(), expected, StringComparison.Ordinal);
        }
    }

    private static (ZipArchiveEntry Entry, byte[] Bytes, int Start) Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        byte[] bytes = copy.ToArray();

        // The signature in ML.NET's header is SNNMODEL: the payload begins with SNNM and its version.
        return (entry, bytes, bytes.AsSpan().IndexOf("SNNM\u0003\0\0\0"u8));
    }

    private static byte[] SavedModel()
    {
        MLContext context = new();
        using MemoryStream file = new();
        context.Model.Save(SmallData.QuickModel(context, 20), LabelledRow.Load(context, 1).Schema, file);
        return file.ToArray();
    }
}
