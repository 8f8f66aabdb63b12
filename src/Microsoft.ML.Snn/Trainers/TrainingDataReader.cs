using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Reads rows into memory, once per training.</summary>
internal static class TrainingDataReader
{
    /// <summary>Reads features, labels and weight of every row; rows that lack a label are left out and reported.</summary>
    /// <param name="host">For errors, and to be asked whether to go on.</param>
    /// <param name="channel">Hears of rows that are left out.</param>
    /// <param name="rows">The data.</param>
    /// <param name="input">What the features are.</param>
    /// <param name="labels">Reads the label of each output.</param>
    /// <param name="stepsAfterLastSpike">How many steps a row goes on after its last spike, or null where all have the same number.</param>
    /// <returns>The data; its targets are those of the first label.</returns>
    public static TrainingData Read(IHost host, IChannel channel, RoleMappedData rows, InputShape input, TargetReader[] labels, int? stepsAfterLastSpike)
    {
        DataViewSchema.Column features = rows.Schema.Feature!.Value;
        DataViewSchema.Column? weight = rows.Schema.Weight;
        List<DataViewSchema.Column> columns = [features, .. labels.Select(label => label.Column).Distinct()];
        if (weight is { } w)
        {
            columns.Add(w);
        }

        SpikeTrainsBuilder builder = FeatureReader.CreateBuilder(input, features.Name, stepsAfterLastSpike);
        List<float>? weights = weight == null ? null : [];
        long[] withoutLabel = new long[labels.Length];

        // A set of one cursor reads on this thread: errors of the encoders arrive as they are, not wrapped by a thread pool.
        using (DataViewRowCursor cursor = rows.Data.GetRowCursorSet(columns, 1)[0])
        {
            ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(features);
            ValueGetter<float>? getWeight = weight is { } column ? cursor.GetGetter<float>(column) : null;
            Array.ForEach(labels, label => label.Start(cursor));
            VBuffer<float> values = default;
            float exampleWeight = 1;
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                int missing = MissingLabel(labels, cursor.Position);
                if (missing >= 0)
                {
                    withoutLabel[missing]++;
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

        for (int n = 0; n < labels.Length; n++)
        {
            if (withoutLabel[n] > 0)
            {
                channel.Warning(
                    MessageSensitivity.Schema, $"{withoutLabel[n]} rows have no value in label column '{labels[n].Column.Name}' and are left out.");
            }
        }

        SpikeTrains trains = builder.ToSpikeTrains();
        if (trains.Count == 0)
        {
            throw host.Except(
                $"The data must have at least one row with a label, but has none (column '{labels[0].Column.Name}'). "
                + "Check the file and the filters before the trainer.");
        }

        if (weights != null && weights.TrueForAll(w => w == 0))
        {
            throw host.Except(
                $"Example weight column '{weight!.Value.Name}' must be above 0 in some row, but is 0 in all {weights.Count} rows. "
                + "Check the column, or leave exampleWeightColumnName out.");
        }

        return new TrainingData(trains, labels[0].ToTargets(), weights?.ToArray());
    }

    /// <summary>Reads all labels of a row, or none: the first that is missing, or -1.</summary>
    private static int MissingLabel(TargetReader[] labels, long row)
    {
        for (int n = 0; n < labels.Length; n++)
        {
            if (!labels[n].Read(row))
            {
                for (int before = 0; before < n; before++)
                {
                    labels[before].Drop();
                }

                return n;
            }
        }

        return -1;
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
