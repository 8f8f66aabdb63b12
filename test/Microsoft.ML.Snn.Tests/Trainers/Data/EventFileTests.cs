using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Microsoft.ML.Snn.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class EventFileTests
{
    private const string Saccade = "event-samples/sample_nmnist.bin";
    private const string Atis = "event-samples/sample_ncars.dat";
    private const string AedatHeader = "event-samples/sample_aedat_header.aedat";

    /// <summary>The count is that of the description of the sample; the first bytes, 07-0F-80-02-8E, were read by hand.</summary>
    [TestMethod]
    [RequiresData(Saccade)]
    public void Parse_RealSaccadeFile_HasThePublishedEvents()
    {
        List<SensorEvent> events = Read(Saccade);

        Assert.HasCount(4325, events);
        Assert.AreEqual(new SensorEvent(654, 7, 15, IsOn: true), events[0]);
        Assert.AreEqual(new SensorEvent(0x0BB7, 0x13, 0x12, IsOn: false), events[1]);
        AssertPlausible(events, 34, 34, milliseconds: 320);
    }

    /// <summary>The count is that of the description of the sample; the first events were read by hand.</summary>
    [TestMethod]
    [RequiresData(Atis)]
    public void Parse_RealAtisFile_HasThePublishedEvents()
    {
        List<SensorEvent> events = Read(Atis);

        Assert.HasCount(2009, events);
        Assert.AreEqual(new SensorEvent(0, 25, 8, IsOn: false), events[0]);
        Assert.AreEqual(new SensorEvent(35, 67, 35, IsOn: false), events[1]);
        AssertPlausible(events, 120, 100, milliseconds: 101);
    }

    [TestMethod]
    [RequiresData(AedatHeader)]
    public void Parse_RealAedatHeader_IsReadToItsEnd()
    {
        byte[] header = File.ReadAllBytes(TestData.Path(AedatHeader));

        Assert.IsEmpty(EventFile.Parse(header, "a.aedat"));

        // Column 300, row 100, brighter, after 0x01020304 µs; then a sample of an image.
        uint address = 300u << 12 | 100u << 22 | 1u << 11;
        byte[] file = [.. header, .. BigEndian(address), 1, 2, 3, 4, .. BigEndian(address | 1u << 31), 1, 2, 3, 4];
        Assert.AreEqual(new SensorEvent(0x01020304, 300, 100, IsOn: true), EventFile.Parse(file, "a.aedat").Single());
    }

    [TestMethod]
    public void Parse_Aedat31_ReadsValidChangesOfPolarityPackets()
    {
        List<SensorEvent> events = EventFile.Parse(Aedat31(), "a.aedat");

        CollectionAssert.AreEqual(
            new SensorEvent[] { new(5, 9, 3, IsOn: true), new(7, 10, 4, IsOn: false), new((1L << 31) + 1, 1, 2, IsOn: true) }, events);
    }

    [TestMethod]
    public void Parse_SaccadeFileWithOverflow_AddsItsTime() => CollectionAssert.AreEqual(
        new SensorEvent[] { new(10, 1, 2, IsOn: true), new(8192 + 20, 3, 4, IsOn: false) },
        EventFile.Parse([1, 2, 0x80, 0, 10, 0, 240, 0, 0, 0, 3, 4, 0, 0, 20], "a.bs2"));

    [TestMethod]
    public void Parse_NumPyRecords_ReadsFieldsByName()
    {
        byte[] file = Npy("[('t', '<i8'), ('x', '<u2'), ('y', '|i1'), ('polarity', '|b1')]", "(2,)",
            [5, 0, 0, 0, 0, 0, 0, 0, 44, 1, 7, 1, 6, 0, 0, 0, 0, 0, 0, 0, 2, 0, 8, 0]);

        CollectionAssert.AreEqual(
            new SensorEvent[] { new(5, 300, 7, IsOn: true), new(6, 2, 8, IsOn: false) }, EventFile.Parse(file, "a.npy"));
    }

    [TestMethod]
    public void Parse_NumPyArchive_ReadsAnArrayPerField()
    {
        byte[] file = Npz(
            ("x", Npy("'<i2'", "(2,)", [44, 1, 2, 0])), ("y", Npy("'|u1'", "(2,)", [7, 8])),
            ("t", Npy("'<f8'", "(2,)", [.. BitConverter.GetBytes(5.0), .. BitConverter.GetBytes(6.0)])), ("p", Npy("'<i2'", "(2,)", [1, 0, 255, 255])));

        CollectionAssert.AreEqual(
            new SensorEvent[] { new(5, 300, 7, IsOn: true), new(6, 2, 8, IsOn: false) }, EventFile.Parse(file, "a.npz"));
    }

    [TestMethod]
    [DataRow("a.bin", "must hold whole events of 5 bytes, but has 3 bytes of them.")]
    [DataRow("a.dat", "must begin with lines of '%', one of them '% Version 2', but has no such line.")]
    [DataRow("a.aedat", "must begin with '#!AER-DAT2.0' or '#!AER-DAT3.1', but does not.")]
    [DataRow("a.npy", "must begin with 93-4E-55-4D-50-59, as a NumPy array does, but does not.")]
    [DataRow("a.npz", "must be a complete .npz archive, but is damaged:")]
    [DataRow("a.raw", "must be one of .bin, .bs2, .dat, .aedat, .aedat4, .npy, .npz, but is '.raw'.")]
    public void Parse_SomethingElse_SaysWhatItNeeds(string name, string expected) => StringAssert.Contains(
        Assert.ThrowsExactly<InvalidDataException>(() => EventFile.Parse([1, 2, 3], name)).Message, expected, StringComparison.Ordinal);

    /// <summary>Each format, cut off anywhere and with any byte altered, is read or refused, and makes no more events than it has bytes.</summary>
    [TestMethod]
    [DataRow("a.bin")]
    [DataRow("a.dat")]
    [DataRow("a.aedat")]
    [DataRow("a.npy")]
    [DataRow("a.npz")]
    public void Parse_CutOffOrAltered_IsReadOrRefused(string name)
    {
        byte[] file = name switch
        {
            "a.bin" => [1, 2, 0x80, 0, 10, 0, 240, 0, 0, 0, 3, 4, 0, 0, 20],
            "a.dat" => [.. "% Data\n% Version 2\n"u8, 0, 8, 0, 0, 0, 0, 25, 0, 2, 0, 1, 0, 0, 0, 25, 0, 2, 16],
            "a.aedat" => Aedat31(),
            "a.npy" => Npy("[('t', '<i8'), ('x', '<u2'), ('y', '|i1'), ('p', '|b1')]", "(1,)", [5, 0, 0, 0, 0, 0, 0, 0, 44, 1, 7, 1]),
            _ => Npz(("events", Npy("[('t', '<i4'), ('x', '|u1'), ('y', '|i1'), ('p', '|b1')]", "(1,)", [5, 0, 0, 0, 44, 7, 1]))),
        };
        Assert.IsNotEmpty(EventFile.Parse(file, name));
        int refused = 0;
        for (int length = 0; length < file.Length; length++)
        {
            Try(file[..length]);
        }

        for (int at = 0; at < file.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x39, 0x7F, 0xFF })
            {
                byte[] altered = [.. file];
                altered[at] = value;
                Try(altered);
            }
        }

        Assert.IsGreaterThan(5, refused);

        void Try(byte[] bytes)
        {
            try
            {
                Assert.IsLessThanOrEqualTo(bytes.Length, EventFile.Parse(bytes, name).Count);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
    }

    private static List<SensorEvent> Read(string relativePath) =>
        EventFile.Parse(File.ReadAllBytes(TestData.Path(relativePath)), relativePath);

    private static void AssertPlausible(List<SensorEvent> events, int width, int height, int milliseconds)
    {
        Assert.IsTrue(events.All(e => e.X < width && e.Y < height));
        Assert.IsTrue(events.Zip(events.Skip(1)).All(pair => pair.First.Time <= pair.Second.Time));
        Assert.AreEqual(milliseconds, events[^1].Time / 1000.0, 0.2 * milliseconds);
        Assert.AreEqual(0.5, events.Average(e => e.IsOn ? 1.0 : 0), 0.3);
    }

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Aedat31() =>
    [
        .. "#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r\n"u8,
        .. Packet(kind: 2, overflow: 0, 1, 2),
        .. Packet(kind: 1, overflow: 0, 9u << 17 | 3u << 2 | 3, 5, 9u << 17 | 3u << 2 | 2, 6, 10u << 17 | 4u << 2 | 1, 7),
        .. Packet(kind: 1, overflow: 1, 1u << 17 | 2u << 2 | 3, 1),
    ];

    private static byte[] Packet(short kind, int overflow, params uint[] words) =>
    [
        .. BitConverter.GetBytes(kind), 1, 0, 8, 0, 0, 0, 4, 0, 0, 0, .. BitConverter.GetBytes(overflow),
        .. BitConverter.GetBytes(words.Length / 2), .. BitConverter.GetBytes(words.Length / 2), .. BitConverter.GetBytes(words.Length / 2),
        .. words.SelectMany(BitConverter.GetBytes),
    ];

    private static byte[] Npy(string type, string shape, byte[] items)
    {
        string header = $"{{'descr': {type}, 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.Latin1.GetBytes(header), .. items];
    }

    private static byte[] Npz(params (string Name, byte[] Array)[] arrays)
    {
        using MemoryStream file = new();
        using (ZipArchive zip = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] array) in arrays)
            {
                using Stream entry = zip.CreateEntry($"{name}.npy").Open();
                entry.Write(array);
            }
        }

        return file.ToArray();
    }
}
