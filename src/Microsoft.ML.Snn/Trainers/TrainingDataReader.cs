using System.Collections.Generic;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Reads rows into memory, once per training.</summary>
internal static class TrainingDataReader
{
    /// <summary>Reads features, label and weight of every row; rows without a label are left out and reported.</summary>
    public static TrainingData Read(IHost host, IChannel channel, RoleMappedData rows, InputShape input, TargetReader targets)
    {
        DataViewSchema.Column features = rows.Schema.Feature!.Value;
        DataViewSchema.Column label = rows.Schema.Label!.Value;
        DataViewSchema.Column? weight = rows.Schema.Weight;
        List<DataViewSchema.Column> columns = weight is { } w ? [features, label, w] : [features, label];

        SpikeTrainsBuilder builder = FeatureReader.CreateBuilder(input, features.Name);
        List<float>? weights = weight == null ? null : [];
        long withoutLabel = 0;

        // A set of one cursor reads on this thread: errors of the encoders arrive as they are, not wrapped by a thread pool.
        using (DataViewRowCursor cursor = rows.Data.GetRowCursorSet(columns, 1)[0])
        {
            ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(features);
            ValueGetter<float>? getWeight = weight is { } column ? cursor.GetGetter<float>(column) : null;
            targets.Start(cursor);
            VBuffer<float> values = default;
            float exampleWeight = 1;
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                if (!targets.Read(cursor.Position))
                {
                    withoutLabel++;
                    continue;
                }

                getFeatures(ref values);
                FeatureReader.Add(builder, values);
                if (getWeight != null)
                {
                    getWeight(ref exampleWeight);
                    Check(host, weight!.Value.Name, exampleWeight, cursor.Position);
                    weights!.Add(exampleWeight);
                }
            }
        }

        if (withoutLabel > 0)
        {
            channel.Warning(
                MessageSensitivity.Schema, $"{withoutLabel} rows have no value in label column '{label.Name}' and are left out.");
        }

        SpikeTrains trains = builder.ToSpikeTrains();
        if (trains.Count == 0)
        {
            throw host.Except(
                $"The data must have at least one row with a label, but has none (column '{label.Name}'). "
                + "Check the file and the filters before the trainer.");
        }

        if (weights != null && weights.TrueForAll(w => w == 0))
        {
            throw host.Except(
                $"Example weight column '{weight!.Value.Name}' must be above 0 in some row, but is 0 in all {weights.Count} rows. "
                + "Check the column, or leave exampleWeightColumnName out.");
        }

        return new TrainingData(trains, targets.ToTargets(), weights?.ToArray());
    }

    private static void Check(IHost host, string column, float weight, long row)
    {
        if (!(weight >= 0 && float.IsFinite(weight)))
        {
            throw host.Except(
                $"Example weight column '{column}' must hold finite numbers of 0 or more, but row {row} is {weight}. "
                + "Replace or drop such rows.");
        }
    }
}
