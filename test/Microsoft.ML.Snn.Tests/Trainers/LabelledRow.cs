using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A row of two classes that differ in the first of two features; the second is noise.</summary>
internal sealed class LabelledRow
{
    /// <summary>Class 0 or 1, as ML.NET counts keys in objects; 2 is a missing label.</summary>
    [KeyType(2)]
    public uint Label { get; set; }

    [VectorType(2)]
    public float[] Features { get; set; } = [];

    public float Weight { get; set; } = 1;

    public static LabelledRow[] Draw(int count, int seed = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(n => new LabelledRow
        {
            Label = (uint)(n % 2),
            Features = [(n % 2) * 0.6f + 0.4f * random.NextSingle(), random.NextSingle()],
        })];
    }

    public static IDataView Load(MLContext context, int count, int seed = 1) => Load(context, Draw(count, seed));

    public static IDataView Load(MLContext context, IEnumerable<LabelledRow> rows) => context.Data.LoadFromEnumerable(rows);
}
