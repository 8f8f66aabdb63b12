using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using ZstdSharp;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

/// <summary>AEDAT 4: a published file, and files that are put together here byte by byte.</summary>
[TestClass]
public sealed class Aedat4FileTests
{
    private const string Sample = "event-samples/sample.aedat4";
    private const int Count = 111_954;
    private static readonly SensorEvent[] s_events =
        [new(1_600_000_000_000_000, 3, 4, IsOn: true), new(1_600_000_000_000_007, 345, 259, IsOn: false), new(1_600_000_000_000_009, 0, 0, IsOn: true)];

    /// <summary>The count is that of the table at the end of the file, which the reader does not read; the sensor has 346 x 260 pixels.</summary>
    [TestMethod]
    [RequiresData(Sample)]
    public void Parse_RealFile_HasThePublishedEvents()
    {
        List<SensorEvent> events = EventFile.Parse(File.ReadAllBytes(TestData.Path(Sample)), Sample);

        Assert.HasCount(Count, events);
        Assert.IsTrue(events.All(e => e.X is >= 0 and < 346 && e.Y is >= 0 and < 260));
        Assert.IsTrue(events.Zip(events.Skip(1)).All(pair => pair.First.Time <= pair.Second.Time));
        Assert.AreEqual(0.5, events.Average(e => e.IsOn ? 1.0 : 0), 0.3);
        Assert.IsGreaterThan(346 * 260 / 10, events.Select(e => (e.X, e.Y)).Distinct().Count(), "A camera that moves stirs many pixels.");
        Assert.IsInRange(0.01e6, 60e6, events[^1].Time - events[0].Time);

        // Microseconds since 1970: the format is of 2019.
        Assert.IsInRange(2019, 2030, DateTimeOffset.FromUnixTimeMilliseconds(events[0].Time / 1000).Year);
    }

    [TestMethod]
    [RequiresData(Sample)]
    public void LoadEvents_RealFile_CountsEveryEvent()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.PathOf("moving"));
        folder.Write(Path.Combine("moving", "a.aedat4"), File.ReadAllBytes(TestData.Path(Sample)));

        IDataView data = new MLContext().Snn().LoadEvents(folder.FullName, new EventBinning(346, 260) { TimeSteps = 1000, TimeStep = 10, Downsampling = 8 });

        Assert.AreEqual((float)Count, SignalRows.First(data, "Spikes").Sum());
    }

    /// <summary>Cut off anywhere, the real file is refused; its packets up to there are not half a recording.</summary>
    [TestMethod]
    [RequiresData(Sample)]
    public void Parse_RealFileCutOffOrAltered_IsReadOrRefused()
    {
        byte[] file = File.ReadAllBytes(TestData.Path(Sample));
        Random random = new(1);
        int refused = 0;
        for (int n = 0; n < 40; n++)
        {
            Assert.ThrowsExactly<InvalidDataException>(() => EventFile.Parse(file[..random.Next(945_243)], "a.aedat4"));
            byte[] altered = (byte[])file.Clone();
            altered[random.Next(n % 2 == 0 ? 12_000 : file.Length)] ^= (byte)(1 << random.Next(8));
            Try(altered, ref refused);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Parse_EveryCompression_ReadsEventsAndPassesOverTheRest(int compression)
    {
        byte[] file = Build(compression, tablePosition: null,
            (7, Message("FRME", [1, 2, 3])), (0, Events(s_events[..2])), (7, new byte[20]), (1, Message("IMUS", [])), (0, Events(s_events[2..])));

        CollectionAssert.AreEqual(s_events, EventFile.Parse(file, "a.aedat4"));
    }

    [TestMethod]
    public void Parse_PositionOfTheTable_EndsThePackets()
    {
        byte[] packets = Build(0, tablePosition: 0, (0, Events(s_events)));
        byte[] file = [.. Build(0, packets.Length, (0, Events(s_events))), 1, 2, 3];

        CollectionAssert.AreEqual(s_events, EventFile.Parse(file, "a.aedat4"));
        Assert.ThrowsExactly<InvalidDataException>(() => EventFile.Parse(Build(0, packets.Length + 1, (0, Events(s_events))), "a.aedat4"));
    }

    /// <summary>The example of a block, worked out by hand from the specification: literals, a copy that overlaps itself, a long length.</summary>
    [TestMethod]
    public void Unpack_HandMadeBlock_CopiesWhatCameBefore()
    {
        byte[] block =
        [
            0x2F, (byte)'a', (byte)'b', 2, 0, 3,        // "ab", then 4 + 15 + 3 = 22 bytes from 2 ago
            0x10, (byte)'c', 1, 0,                      // "c", then 4 bytes from 1 ago
            0xF0, 1, .. "0123456789abcdef"u8,           // 15 + 1 literals end the block
        ];
        string expected = string.Concat(Enumerable.Repeat("ab", 12)) + "ccccc" + "0123456789abcdef";

        Assert.AreEqual(expected, Unpack(Frame(0x40, [], block)));
        Assert.AreEqual(expected, Unpack(Frame(0x48, [0, 0, 0, 0, 0, 0, 0, 0], block)), "A content length is passed over.");
        Assert.AreEqual(expected, Unpack([.. Frame(0x44, [], block), 1, 2, 3, 4]), "So is a checksum.");

        static string Unpack(byte[] frame) => System.Text.Encoding.ASCII.GetString(Lz4Frame.Unpack(frame, 100));
    }

    /// <summary>Blocks of a frame may copy from each other.</summary>
    [TestMethod]
    public void Unpack_LinkedBlocks_CopyFromTheBlockBefore()
    {
        byte[] frame = [.. Frame(0x40, [], [0x30, 1, 2, 3])[..^4], 5, 0, 0, 0, 0x00, 3, 0, 0x10, 9, 0, 0, 0, 0];

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 1, 2, 3, 1, 9 }, Lz4Frame.Unpack(frame, 100));
    }

    [TestMethod]
    [DataRow(new byte[] { 0x0F, 1, 0, 255 }, "ends too early")]
    [DataRow(new byte[] { 0x10, 7, 2, 0, 0x10, 7 }, "copies from before its beginning")]
    [DataRow(new byte[] { 0x10, 7, 0, 0, 0x10, 7 }, "copies from before its beginning")]
    [DataRow(new byte[] { 0x1F, 7, 1, 0, 255, 255, 255, 0, 0x10, 7 }, "more than 100 bytes")]
    public void Unpack_DamagedBlock_IsRefused(byte[] block, string expected) => StringAssert.Contains(
        Assert.ThrowsExactly<InvalidDataException>(() => Lz4Frame.Unpack(Frame(0x40, [], block), 100)).Message, expected, StringComparison.Ordinal);

    [TestMethod]
    public void Parse_WhatIsNotRead_IsSaid()
    {
        AssertError("must begin with '#!AER-DAT4.0'", [1, 2, 3]);
        AssertError("must have a header after its first line", [.. Aedat4File.Mark]);
        AssertError("its compression is of kind 5", Build(5, null, (0, Events(s_events))));
        AssertError("must hold one stream of events, but has 2", Build(0, null, (0, Events(s_events)), (1, Events(s_events))));
        AssertError("stream 0 has several", Build(0, null, (0, Events(s_events)), (0, Message("FRME", []))));
        AssertError("it is no LZ4 frame", [.. Build(1, null), 0, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]);

        // Nothing but zeros, packed 16 000-fold: unpacking ends at the limit, not with the memory.
        byte[] bomb = new Compressor(19).Wrap(new byte[1 << 24]).ToArray();
        Assert.IsLessThan(4000, bomb.Length);
        AssertError("unpacks to more than", [.. Build(3, null), 0, 0, 0, 0, .. BitConverter.GetBytes(bomb.Length), .. bomb]);

        static void AssertError(string expected, byte[] file) => StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => EventFile.Parse(file, "a.aedat4")).Message, expected, StringComparison.Ordinal);
    }

    /// <summary>Cut off anywhere and with any byte altered, a file is read or refused.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    public void Parse_CutOffOrAltered_IsReadOrRefused(int compression)
    {
        byte[] file = Build(compression, tablePosition: null, (0, Events(s_events)), (1, Message("IMUS", [1])));
        int refused = 0;
        for (int length = 0; length < file.Length; length++)
        {
            Try(file[..length], ref refused);
        }

        for (int at = 0; at < file.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                byte[] altered = [.. file];
                altered[at] = value;
                Try(altered, ref refused);
            }
        }

        Assert.IsGreaterThan(file.Length, refused);
    }

    private static void Try(byte[] bytes, ref int refused)
    {
        try
        {
            EventFile.Parse(bytes, "a.aedat4");
        }
        catch (InvalidDataException)
        {
            refused++;
        }
    }

    private static byte[] Build(int compression, int? tablePosition, params (int Stream, byte[] Message)[] packets) =>
    [
        .. Aedat4File.Mark,
        .. Header(compression, tablePosition ?? -1),
        .. packets.SelectMany(packet =>
        {
            byte[] packed = compression switch
            {
                1 or 2 => Frame(0x60, [], [0xF0, .. Long(packet.Message.Length - 15), .. packet.Message]),
                3 or 4 => new Compressor().Wrap(packet.Message).ToArray(),
                _ => packet.Message,
            };
            return (byte[])[.. BitConverter.GetBytes(packet.Stream), .. BitConverter.GetBytes(packed.Length), .. packed];
        }),
    ];

    /// <summary>A length in the manner of LZ4: bytes of 255, then the rest. A short message is packed as nothing but literals of 15 and more.</summary>
    private static byte[] Long(int length) => length < 0
        ? throw new ArgumentException("A message has at least 15 bytes.")
        : [.. Enumerable.Repeat((byte)255, length / 255), (byte)(length % 255)];

    private static byte[] Frame(byte flags, byte[] contentLength, byte[] block) =>
        [0x04, 0x22, 0x4D, 0x18, flags, 0x40, .. contentLength, 0, .. BitConverter.GetBytes(block.Length), .. block, 0, 0, 0, 0];

    /// <summary>The header as FlatBuffers lays it out: root, identifier, vtable, table, text.</summary>
    private static byte[] Header(int compression, long tablePosition)
    {
        byte[] message =
        [
            20, 0, 0, 0, .. "IOHE"u8,
            10, 0, 24, 0, 4, 0, 8, 0, 16, 0, 0, 0,                      // vtable at 8: three fields at 4, 8 and 16
            12, 0, 0, 0, .. BitConverter.GetBytes(compression), .. BitConverter.GetBytes(tablePosition), 8, 0, 0, 0, 0, 0, 0, 0,
            5, 0, 0, 0, .. "<dv/>"u8, 0,
        ];
        return [.. BitConverter.GetBytes(message.Length), .. message];
    }

    private static byte[] Events(params SensorEvent[] events) => Message("EVTS",
    [
        .. events.SelectMany(e => (byte[])[.. BitConverter.GetBytes(e.Time), .. BitConverter.GetBytes((short)e.X), .. BitConverter.GetBytes((short)e.Y), e.IsOn ? (byte)1 : (byte)0, 0, 0, 0]),
    ], events.Length);

    /// <summary>A message of one vector: root, identifier, vtable of one field, table, length, elements.</summary>
    private static byte[] Message(string identifier, byte[] elements, int? count = null)
    {
        byte[] message =
        [
            16, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(identifier), 6, 0, 8, 0, 4, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0,
            .. BitConverter.GetBytes(count ?? elements.Length), .. elements,
        ];
        return [.. BitConverter.GetBytes(message.Length), .. message];
    }
}
