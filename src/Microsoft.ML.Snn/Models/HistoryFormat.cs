using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace Microsoft.ML.Snn.Models;

/// <summary>The course of a training as part of a model.</summary>
/// <remarks>From version 3 the epochs are JSON: an epoch may get another property without another version.</remarks>
internal static class HistoryFormat
{
    private const int BytesPerEpochBeforeJson = 2 * sizeof(int) + 7 * sizeof(double);

    public static void Write(BinaryWriter writer, TrainingHistory history)
    {
        writer.Write(history.BestEpoch);
        writer.Write(history.WasCancelled);
        writer.Write(history.Device);
        writer.Write(history.Seed);
        writer.Write((int)history.StopReason);
        writer.Write(JsonSerializer.Serialize([.. history.Epochs], EpochJson.Default.ListTrainingEpoch));
    }

    /// <exception cref="InvalidDataException">The epochs are not what they should be.</exception>
    public static TrainingHistory Read(BinaryReader reader, int version)
    {
        int bestEpoch = reader.ReadInt32();
        bool wasCancelled = reader.ReadBoolean();
        string device = reader.ReadString();
        int seed = reader.ReadInt32();
        if (version < 3)
        {
            return new TrainingHistory(ReadEpochsBeforeJson(reader), bestEpoch, wasCancelled, device, seed);
        }

        var reason = (StopReason)reader.ReadInt32();
        try
        {
            List<TrainingEpoch> epochs = JsonSerializer.Deserialize(reader.ReadString(), EpochJson.Default.ListTrainingEpoch) ?? [];
            return new TrainingHistory(epochs, bestEpoch, wasCancelled, device, seed, reason);
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"The model must have a history of its training, but that cannot be read: {broken.Message}", broken);
        }
    }

    private static TrainingEpoch[] ReadEpochsBeforeJson(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        ModelBody.RequireBytes(reader.BaseStream, count < 0 ? long.MaxValue : (long)count * BytesPerEpochBeforeJson);
        var epochs = new TrainingEpoch[count];
        for (int n = 0; n < epochs.Length; n++)
        {
            epochs[n] = new TrainingEpoch
            {
                Epoch = reader.ReadInt32(),
                Loss = reader.ReadDouble(),
                Accuracy = NullIfNaN(reader.ReadDouble()),
                ValidationLoss = NullIfNaN(reader.ReadDouble()),
                ValidationAccuracy = NullIfNaN(reader.ReadDouble()),
                SpikesPerNeuron = reader.ReadDouble(),
                SilentNeurons = reader.ReadInt32(),
                GrazingSpikes = reader.ReadDouble(),
                Seconds = reader.ReadDouble(),
            };
        }

        return epochs;
    }

    private static double? NullIfNaN(double value) => double.IsNaN(value) ? null : value;
}
