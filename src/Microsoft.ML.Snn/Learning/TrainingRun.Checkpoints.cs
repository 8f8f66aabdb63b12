using System.IO;
using System.Text.Json;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Models;

namespace Microsoft.ML.Snn.Learning;

/// <summary>What callbacks see of the training, and its state between two batches as bytes.</summary>
internal sealed partial class TrainingRun
{
    private CheckpointIdentity? _identity;

    bool ITrainingState.IsWhole => _isWhole;

    bool ITrainingState.IsAtEndOfEpoch => _batch == _batches;

    bool ITrainingState.HasFailed => _hasFailed;

    ScheduleMoment ITrainingState.Moment => new(_updates, _batches, _settings.NumberOfEpochs, _callbacks.Context.Epochs);

    TrainingProgress ITrainingState.Progress => Progress();

    OptimizerPlan ITrainingState.Optimizers => _optimizers;

    /// <summary>Made when a checkpoint asks for it: it reads all data.</summary>
    private CheckpointIdentity Identity => _identity ??= CheckpointIdentity.Of(_program, _settings, _callbacks, _data, _validation);

    void ITrainingState.Info(string message) => _settings.Info(message);

    void ITrainingState.Warn(string message) => _settings.Warn(message);

    void ITrainingState.Save(BinaryWriter writer)
    {
        Identity.Write(writer);
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

    void ITrainingState.Load(BinaryReader reader)
    {
        if (_isResumed)
        {
            throw new InvalidDataException("another Checkpoint of this training has resumed it. Let one of them resume");
        }

        Identity.Require(CheckpointIdentity.Read(reader));
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
        _isResumed = true;
        (_callbacks.Context.IsResumed, _callbacks.Context.Updates) = (true, _updates);
    }
}
