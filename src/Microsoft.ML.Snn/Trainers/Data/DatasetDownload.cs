using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Downloads the files of a data set from the first mirror that gives them.</summary>
/// <remarks>
/// A file is written under a temporary name, checked, and renamed: under its own name it is complete or not there. A
/// mirror that cannot be reached, breaks off or stalls hands over to the next one; wrong bytes end the download.
/// </remarks>
internal sealed class DatasetDownload
{
    private const int BufferBytes = 81_920;

    private readonly HttpClient _client;
    private readonly IReadOnlyList<Uri> _mirrors;
    private readonly IReadOnlyList<DatasetFile> _files;

    /// <param name="client">Sends the requests; the caller disposes of it.</param>
    /// <param name="mirrors">Addresses that end with a slash, in the order in which they are tried.</param>
    /// <param name="files">The files.</param>
    public DatasetDownload(HttpClient client, IReadOnlyList<Uri> mirrors, IReadOnlyList<DatasetFile> files)
    {
        _client = client;
        _mirrors = mirrors;
        _files = files;
    }

    /// <summary>Gets how long a mirror may be silent.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public async Task RunAsync(string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        long total = _files.Sum(file => file.Length);
        long done = 0;
        foreach (DatasetFile file in _files)
        {
            string path = Path.Combine(folder, file.Name);
            if (!await IsInPlaceAsync(path, file, cancellationToken).ConfigureAwait(false))
            {
                long before = done;
                await FetchAsync(file, path, ReportArrived, cancellationToken).ConfigureAwait(false);

                void ReportArrived(long bytes) => progress?.Report(new DownloadProgress(file.Name, before + bytes, total));
            }

            done += file.Length;
            progress?.Report(new DownloadProgress(file.Name, done, total));
        }
    }

    private static async Task<bool> IsInPlaceAsync(string path, DatasetFile file, CancellationToken cancellationToken) =>
        new FileInfo(path) is { Exists: true } found && found.Length == file.Length
        && await HashAsync(path, cancellationToken).ConfigureAwait(false) == file.Sha256;

    private async Task FetchAsync(
        DatasetFile file, string path, Action<long> reportArrived, CancellationToken cancellationToken)
    {
        List<string> failures = [];
        Exception? lastFailure = null;
        foreach (Uri mirror in _mirrors)
        {
            string temporary = $"{path}.{Guid.NewGuid():N}.part";
            try
            {
                Uri address = new(mirror, file.Name);
                await ReceiveAsync(address, file, temporary, reportArrived, cancellationToken).ConfigureAwait(false);
                await CheckAsync(address, file, temporary, cancellationToken).ConfigureAwait(false);
                File.Move(temporary, path, overwrite: true);
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or EndOfStreamException or TimeoutException)
            {
                failures.Add($"{mirror}: {failure.Message}");
                lastFailure = failure;
            }
            finally
            {
                File.Delete(temporary);
            }
        }

        throw new IOException(
            $"File '{file.Name}' must be downloaded from a mirror, but all of them failed. {string.Join(" ", failures)} Check the "
            + $"connection and start again, or copy the file to '{path}' yourself.", lastFailure);
    }

    private async Task ReceiveAsync(
        Uri address, DatasetFile file, string temporary, Action<long> reportArrived, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StallTimeout);
        try
        {
            using HttpResponseMessage response = await _client
                .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            FileStream target = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (target.ConfigureAwait(false))
            {
                long arrived = await CopyAsync(response, target, file.Length, reportArrived, patience).ConfigureAwait(false);
                if (arrived < file.Length && arrived != response.Content.Headers.ContentLength)
                {
                    throw new EndOfStreamException($"it broke off after {arrived} of {file.Length} bytes.");
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"it was silent for {StallTimeout.TotalSeconds} seconds.");
        }
    }

    private async Task<long> CopyAsync(
        HttpResponseMessage response, FileStream target, long length, Action<long> reportArrived, CancellationTokenSource patience)
    {
        using Stream source = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        long arrived = 0;

        // One byte more than expected is enough to know that the file is another one.
        while (arrived <= length)
        {
            patience.CancelAfter(StallTimeout);
            int count = await ReadAsync(source, buffer, patience.Token).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            await target.WriteAsync(buffer.AsMemory(0, count), patience.Token).ConfigureAwait(false);
            arrived += count;
            reportArrived(Math.Min(arrived, length));
        }

        return arrived;
    }

    // A transfer that breaks off is a matter of the mirror; an error of the disk, of the same type, is not.
    private static async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException brokenOff)
        {
            throw new EndOfStreamException($"it broke off: {brokenOff.Message}", brokenOff);
        }
    }

    private static async Task CheckAsync(Uri address, DatasetFile file, string path, CancellationToken cancellationToken)
    {
        string found = await HashAsync(path, cancellationToken).ConfigureAwait(false);
        if (found != file.Sha256)
        {
            throw new InvalidDataException(
                $"File '{file.Name}' from {address} must have the SHA-256 {file.Sha256}, but had {found}. It was deleted: start "
                + "again, and if that does not help, look whether a proxy answers instead of the mirror.");
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        FileStream content = File.OpenRead(path);
        await using (content.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
        }
    }
}
