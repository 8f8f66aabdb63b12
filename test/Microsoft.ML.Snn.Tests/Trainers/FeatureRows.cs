using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Small data for the encoders, and a way to read what they made.</summary>
internal static class FeatureRows
{
    public static IDataView Load(MLContext context, params float[][] rows)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        return context.Data.LoadFromEnumerable(rows.Select(row => new FeatureRow { Features = row }), schema);
    }

    /// <summary>Rows of pseudo-random features, many of them 0.</summary>
    public static float[][] Random(int count, int length)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, count).Select(_ =>
            Enumerable.Range(0, length).Select(_ => Math.Max(0, 2 * random.NextSingle() - 1)).ToArray())];
    }

    /// <summary>Reads the slots of the spikes of every row.</summary>
    public static int[][] Slots(IDataView data, string columnName = "Spikes")
    {
        List<int[]> rows = [];
        DataViewSchema.Column column = data.Schema[columnName];
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getSpikes = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> spikes = default;
        while (cursor.MoveNext())
        {
            getSpikes(ref spikes);
            if (spikes.GetValues().ToArray().Any(value => value != 1))
            {
                throw new InvalidOperationException("A spike must be 1.");
            }

            rows.Add(spikes.IsDense ? [.. Enumerable.Range(0, spikes.Length)] : spikes.GetIndices().ToArray());
        }

        return [.. rows];
    }

    internal sealed class FeatureRow
    {
        public float[] Features { get; set; } = [];
    }

    internal sealed class SpikeRow
    {
        public VBuffer<float> Spikes { get; set; }
    }
}
