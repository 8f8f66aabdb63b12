using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.ML.Snn.Trainers.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Data;

[TestClass]
public sealed class DatasetDownloadTests
{
    private static readonly byte[] s_first = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];
    private static readonly byte[] s_second = [1, 2, 3];
    private static readonly Uri[] s_mirrors = [new("https://one.example/set/"), new("https://two.example/set/")];

    private readonly List<DownloadProgress> _progress = [];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Run_NothingThere_DownloadsEveryFileFromTheFirstMirror()
    {
        using TemporaryFolder folder = new();
        string inner = folder.PathOf("new");
        FakeMirrors mirrors = new(address => Good(address));

        await Run(mirrors, inner);

        CollectionAssert.AreEqual(s_first, File.ReadAllBytes(Path.Combine(inner, "first")));
        CollectionAssert.AreEqual(s_second, File.ReadAllBytes(Path.Combine(inner, "second")));
        Assert.HasCount(2, Directory.GetFiles(inner));
        CollectionAssert.AreEqual(
            new[] { "https://one.example/set/first", "https://one.example/set/second" }, mirrors.Asked);
        Assert.IsTrue(_progress.Zip(_progress.Skip(1)).All(pair => pair.First.BytesDone <= pair.Second.BytesDone));
        Assert.IsGreaterThan(4, _progress.Count);
        Assert.AreEqual(new DownloadProgress("second", 300_003, 300_003), _progress[^1]);
        Assert.AreEqual(1.0, _progress[^1].Fraction);
    }

    [TestMethod]
    public async Task Run_FilesThereAndCorrect_AsksNobody()
    {
        using TemporaryFolder folder = new();
        folder.Write("first", s_first);
        folder.Write("second", s_second);
        FakeMirrors mirrors = new(_ => throw new HttpRequestException("offline"));

        await Run(mirrors, folder.FullName);

        Assert.IsEmpty(mirrors.Asked);
        Assert.AreEqual(1.0, _progress[^1].Fraction);
    }

    [TestMethod]
    public async Task Run_FileThereButDamaged_ReplacesOnlyThatOne()
    {
        using TemporaryFolder folder = new();
        byte[] damaged = [.. s_first];
        damaged[1000] ^= 1;
        folder.Write("first", damaged);
        folder.Write("second", s_second);
        FakeMirrors mirrors = new(address => Good(address));

        await Run(mirrors, folder.FullName);

        CollectionAssert.AreEqual(s_first, File.ReadAllBytes(folder.PathOf("first")));
        Assert.HasCount(1, mirrors.Asked);
    }

    [TestMethod]
    public async Task Run_CorruptFile_SaysBothHashesAndKeepsNothing()
    {
        using TemporaryFolder folder = new();
        byte[] damaged = [.. s_first];
        damaged[^1] ^= 1;
        FakeMirrors mirrors = new(_ => Answer(damaged));

        var error = await Assert.ThrowsExactlyAsync<InvalidDataException>(() => Run(mirrors, folder.FullName));

        Assert.AreEqual(
            $"File 'first' from https://one.example/set/first must have the SHA-256 {Sha256(s_first)}, but had {Sha256(damaged)}. "
            + "It was deleted: start again, and if that does not help, look whether a proxy answers instead of the mirror.",
            error.Message);
        Assert.IsEmpty(Directory.GetFiles(folder.FullName));
    }

    [TestMethod]
    public async Task Run_ShorterOrLongerPageInstead_IsCorrupt()
    {
        using TemporaryFolder folder = new();
        foreach (byte[] page in new byte[][] { [60, 104, 116, 109, 108, 62], [.. s_first, 1], new byte[2_000_000] })
        {
            FakeMirrors mirrors = new(_ => Answer(page));
            await Assert.ThrowsExactlyAsync<InvalidDataException>(() => Run(mirrors, folder.FullName));
            Assert.IsEmpty(Directory.GetFiles(folder.FullName));
        }
    }

    [TestMethod]
    public async Task Run_PageWithoutEnd_StopsOneBufferAfterTheLength()
    {
        using TemporaryFolder folder = new();
        EndlessStream page = new();
        FakeMirrors mirrors = new(_ => Answer(page));

        await Assert.ThrowsExactlyAsync<InvalidDataException>(() => Run(mirrors, folder.FullName));

        Assert.IsLessThan(s_first.Length + 200_000, page.BytesRead);
        Assert.IsEmpty(Directory.GetFiles(folder.FullName));
    }

    [TestMethod]
    public async Task Run_FirstMirrorBreaksOff_TakesTheSecond()
    {
        using TemporaryFolder folder = new();
        FakeMirrors mirrors = new(address => address.ToString() == "https://one.example/set/first" ? Answer(new BrokenStream(s_first[..1000])) : Good(address));

        await Run(mirrors, folder.FullName);

        CollectionAssert.AreEqual(s_first, File.ReadAllBytes(folder.PathOf("first")));
        Assert.HasCount(2, Directory.GetFiles(folder.FullName));
    }

    [TestMethod]
    public async Task Run_EveryMirrorFails_SaysHowEachDidAndKeepsTheOldFile()
    {
        using TemporaryFolder folder = new();
        folder.Write("first", [9]);
        FakeMirrors mirrors = new(address => address.Host == "one.example"
            ? new HttpResponseMessage(HttpStatusCode.NotFound)
            : Answer(new ShortStream(s_first[..1000])));

        var error = await Assert.ThrowsExactlyAsync<IOException>(() => Run(mirrors, folder.FullName));

        Assert.AreEqual(
            "File 'first' must be downloaded from a mirror, but all of them failed. https://one.example/set/: Response status "
            + "code does not indicate success: 404 (Not Found). https://two.example/set/: it broke off after 1000 of 300000 bytes. "
            + $"Check the connection and start again, or copy the file to '{folder.PathOf("first")}' yourself.",
            error.Message);
        Assert.HasCount(1, Directory.GetFiles(folder.FullName));
        CollectionAssert.AreEqual(new byte[] { 9 }, File.ReadAllBytes(folder.PathOf("first")));
    }

    [TestMethod]
    public async Task Run_SilentMirror_IsLeftForTheNext()
    {
        using TemporaryFolder folder = new();
        FakeMirrors mirrors = new(address => address.ToString() == "https://one.example/set/first" ? Answer(new SilentStream()) : Good(address));

        await Run(mirrors, folder.FullName, stallTimeout: TimeSpan.FromMilliseconds(200));

        CollectionAssert.AreEqual(s_first, File.ReadAllBytes(folder.PathOf("first")));
    }

    [TestMethod]
    public async Task Run_Cancelled_StopsAndKeepsNothingOfTheFile()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancellation = new();
        FakeMirrors mirrors = new(address => Good(address));

        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Run(mirrors, folder.FullName, report: _ => cancellation.Cancel(), cancellationToken: cancellation.Token));

        Assert.HasCount(1, mirrors.Asked);
        Assert.HasCount(1, _progress);
        Assert.IsEmpty(Directory.GetFiles(folder.FullName));
    }

    [TestMethod]
    [RequiresData("mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz", "mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz")]
    public async Task Run_ListOfMnist_AcceptsThePublishedFiles()
    {
        using TemporaryFolder folder = new();
        FakeMirrors mirrors = new(address => Answer(File.ReadAllBytes(TestData.Path("mnist/" + address.Segments[^1]))));
        using HttpClient client = new(mirrors);

        await new DatasetDownload(client, s_mirrors, SnnDatasets.s_mnist).RunAsync(folder.FullName, null, TestContext.CancellationToken);

        MnistFiles files = MnistFiles.In(folder.FullName);
        SnnOperations snn = new MLContext().Snn();
        Assert.AreEqual(60_000, snn.LoadImages(files.TrainImages, files.TrainLabels).GetRowCount());
        Assert.AreEqual(10_000, snn.LoadImages(files.TestImages, files.TestLabels).GetRowCount());
    }

    private async Task Run(
        FakeMirrors mirrors, string folder, TimeSpan? stallTimeout = null, Action<DownloadProgress>? report = null,
        CancellationToken? cancellationToken = null)
    {
        using HttpClient client = new(mirrors);
        DatasetFile[] files =
        [
            new("first", s_first.Length, Sha256(s_first)), new("second", s_second.Length, Sha256(s_second)),
        ];
        DatasetDownload download = new(client, s_mirrors, files) { StallTimeout = stallTimeout ?? TimeSpan.FromMinutes(1) };
        await download.RunAsync(
            folder, new Listener(_progress, report), cancellationToken ?? TestContext.CancellationToken);
    }

    private static HttpResponseMessage Good(Uri address) => Answer(address.Segments[^1] == "first" ? s_first : s_second);

    private static HttpResponseMessage Answer(byte[] content) => new() { Content = new ByteArrayContent(content) };

    private static HttpResponseMessage Answer(Stream content) => new() { Content = new StreamContent(content) };

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private sealed class Listener(List<DownloadProgress> heard, Action<DownloadProgress>? report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            heard.Add(value);
            report?.Invoke(value);
        }
    }

    private sealed class FakeMirrors(Func<Uri, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            return Task.FromResult(answer(request.RequestUri));
        }
    }

    /// <summary>Ends early, as a transfer without a stated length does.</summary>
    private class ShortStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }

    /// <summary>Fails in the middle.</summary>
    private sealed class BrokenStream(byte[] content) : ShortStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            return count > 0 ? count : throw new IOException("The connection was reset.");
        }
    }

    /// <summary>Gives zeros for ever, or until the test has waited long enough.</summary>
    private sealed class EndlessStream() : ShortStream([])
    {
        public long BytesRead { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Clear();
            BytesRead += buffer.Length;
            return ValueTask.FromResult(BytesRead < 10_000_000 ? buffer.Length : 0);
        }
    }

    /// <summary>Never answers.</summary>
    private sealed class SilentStream() : ShortStream([])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
