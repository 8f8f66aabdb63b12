using System;
using System.IO;
using System.Text.Json;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Models;

namespace Microsoft.ML.Snn.Learning;

/// <summary>The state between two batches as bytes.</summary>
internal sealed partial class TrainingRun
{
    private void Resume()
    {
        if (_checkpoints?.Latest is not string newest)
        {
            return;
        }

        try
        {
            CheckpointFormat.Read(newest, Load);
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException or JsonException)
        {
            throw new InvalidOperationException($"Training cannot go on from checkpoint {newest}: {refused.Message}.", refused);
        }

        _checkpoints.StartAt(_updates, _epochs.Count);
        (_callbacks.Context.IsResumed, _callbacks.Context.Updates) = (true, _updates);
        _settings.Info(Text($"Going on from checkpoint {newest}, after {_epochs.Count} epochs and {_batch} batches."));
    }

    private void SaveIfDue()
    {
        if (_checkpoints != null && _checkpoints.IsDue(_updates, _epochs.Count))
        {
            SaveCheckpoint();
        }
    }

    private string? SaveCheckpoint() => _checkpoints?.Save(_updates, _epochs.Count, Save);

    private void SaveAfterFailure()
    {
        if (_isWhole && SaveCheckpoint() is string path)
        {
            _settings.Warn($"The state of the training before this error is kept in checkpoint {path}: Resume = true goes on from it.");
        }
    }

    private void Save(BinaryWriter writer)
    {
        _identity!.Write(writer);
        writer.Write(_updates);
        writer.Write(_batch);
        writer.Write(_isEpochBegun);
        writer.Write(_secondsOfEpochs);
        writer.Write(TotalSeconds());
        _totals.Save(writer, _isEpochBegun ? SecondsOfEpoch() : 0);
        writer.Write(JsonSerializer.Serialize(_epochs, EpochJson.Default.ListTrainingEpoch));
        StateStream.Write<long>(writer, _spikeCounts);
        _order.Save(writer);
        _best.Save(writer);
        _engine.SaveState(writer);
    }

    private void Load(BinaryReader reader)
    {
        _identity!.Require(CheckpointIdentity.Read(reader));
        _updates = reader.ReadInt64();
        _batch = reader.ReadInt32();
        _isEpochBegun = reader.ReadBoolean();
        _secondsOfEpochs = reader.ReadDouble();
        _secondsBefore = reader.ReadDouble();
        _totals = EpochTotals.Load(reader);
        _epochs.AddRange(JsonSerializer.Deserialize(reader.ReadString(), EpochJson.Default.ListTrainingEpoch)!);
        StateStream.Read<long>(reader, _spikeCounts);
        _order.Load(reader);
        _best.Load(reader);
        _engine.LoadState(reader);
    }
}
