using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers.Events;

/// <summary>The columns that events lie in: times, channels, and polarities or null.</summary>
internal sealed record EventColumns(string Times, string Channels, string? Polarities)
{
    /// <summary>The column types in words, for messages.</summary>
    public const string ExpectedNumbers = "vector of numbers";

    /// <summary>The types of a column of polarities in words.</summary>
    public const string ExpectedPolarities = "vector of numbers or Booleans";

    /// <summary>All names, in the order of the parameters.</summary>
    public IEnumerable<string> Names => Polarities is null ? [Times, Channels] : [Times, Channels, Polarities];

    /// <summary>Says what a column must be.</summary>
    public string Expected(string name) => name == Polarities ? ExpectedPolarities : ExpectedNumbers;

    /// <summary>Tells whether a column may hold events' times, channels or polarities.</summary>
    public bool Fits(string name, DataViewType itemType, bool isVector, bool isKey) =>
        isVector && !isKey && (itemType is NumberDataViewType || (name == Polarities && itemType is BooleanDataViewType));

    /// <summary>Finds the columns of the names.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing or of another type.</exception>
    public int[] Find(IHost host, DataViewSchema schema) =>
    [
        .. Names.Select(name =>
        {
            DataViewSchema.Column column = schema.GetColumnOrNull(name) ?? throw host.ExceptSchemaMismatch(nameof(schema), "input", name);
            DataViewType item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
            return Fits(name, item, column.Type is VectorDataViewType, item is KeyDataViewType)
                ? column.Index
                : throw host.ExceptSchemaMismatch(nameof(schema), "input", name, Expected(name), column.Type.ToString());
        }),
    ];

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static EventColumns Load(ModelLoadContext ctx)
    {
        // *** Binary format ***
        // strings: columns of times and channels, and of polarities or null
        return new EventColumns(ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString(), ctx.LoadStringOrNull());
    }

    /// <summary>Writes the names into a model.</summary>
    public void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(Times);
        ctx.SaveNonEmptyString(Channels);
        ctx.SaveStringOrNull(Polarities);
    }
}
