using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Learning;

/// <summary>The checkpoints of a training in a folder: when to write one, and which of them are kept.</summary>
internal sealed class CheckpointStore
{
    private const string Pattern = "checkpoint-*.snn";

    private readonly string _folder;
    private readonly CheckpointSettings _settings;
    private readonly Action<string> _warn;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private (long Update, int Epoch) _lastTry;
    private (long Update, int Epoch)? _lastGood;

    /// <summary>Opens the folder, and makes it if need be.</summary>
    /// <exception cref="InvalidOperationException">The folder cannot be made, or holds checkpoints that nobody asked for.</exception>
    public CheckpointStore(CheckpointSettings settings, Action<string> warn)
    {
        (_folder, _settings, _warn) = (Path.GetFullPath(settings.Directory), settings, warn);
        try
        {
            Directory.CreateDirectory(_folder);
            foreach (string left in Directory.GetFiles(_folder, Pattern + CheckpointFormat.TemporarySuffix))
            {
                File.Delete(left);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The folder of checkpoints must be a folder that can be written, but {_folder} is not: {refused.Message}", refused);
        }

        if (!settings.Resume && Latest is string existing)
        {
            throw new InvalidOperationException(
                $"The folder of checkpoints already holds some, the newest is {existing}. Set Resume = true to go on from it, "
                + "or name another folder, or delete them.");
        }
    }

    /// <summary>The newest checkpoint, or null.</summary>
    public string? Latest => Files().LastOrDefault();

    /// <summary>Whether the interval has passed since the last checkpoint or the start.</summary>
    public bool IsDue(long update, int epoch) =>
        _settings.Interval.IsDue(update - _lastTry.Update, epoch - _lastTry.Epoch, _sinceLast.Elapsed);

    /// <summary>Counts intervals from here, where a checkpoint was read.</summary>
    public void StartAt(long update, int epoch)
    {
        _lastGood = (update, epoch);
        Tried(update, epoch);
    }

    /// <summary>Writes a checkpoint unless this very state has one. A disk that is full ends no training: it is reported, and tried again after the interval.</summary>
    /// <returns>The file of this state, or null if it could not be written.</returns>
    public string? Save(long update, int epoch, Action<BinaryWriter> writeBody)
    {
        // Ten digits and more sort as text in the order of the updates; so do the epochs of one update.
        string path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{update:D12}-{epoch:D7}.snn"));
        if (_lastGood == (update, epoch))
        {
            return path;
        }

        string? before = Latest;
        try
        {
            CheckpointFormat.Write(path, writeBody, _settings.Create);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Tried(update, epoch);
            _warn($"Checkpoint {path} could not be written: {refused.Message} Training goes on; "
                + (before == null ? "there is no checkpoint yet." : $"the last good checkpoint is {before}."));
            return null;
        }

        StartAt(update, epoch);
        DeleteAllBut(_settings.Keep);
        return path;
    }

    private void Tried(long update, int epoch)
    {
        _lastTry = (update, epoch);
        _sinceLast.Restart();
    }

    private void DeleteAllBut(int count)
    {
        foreach (string old in Files().SkipLast(count))
        {
            try
            {
                File.Delete(old);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                _warn($"Old checkpoint {old} could not be deleted: {refused.Message}");
            }
        }
    }

    private string[] Files() => [.. Directory.GetFiles(_folder, Pattern).Order(StringComparer.Ordinal)];
}
