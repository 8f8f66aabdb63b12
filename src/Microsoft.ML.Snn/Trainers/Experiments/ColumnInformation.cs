using System.Collections.Generic;

namespace Microsoft.ML.Snn;

/// <summary>Which column of a table is for what; what is not named here is worked out from the table.</summary>
public sealed class ColumnInformation
{
    /// <summary>Gets or sets the column to predict.</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>Gets or sets the column with the weight of each row in the loss, or null where all are 1.</summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>Gets the columns that are numbers or vectors of numbers.</summary>
    public ICollection<string> NumericColumnNames { get; } = [];

    /// <summary>Gets the columns whose values are names of categories, whatever their type.</summary>
    public ICollection<string> CategoricalColumnNames { get; } = [];

    /// <summary>Gets the columns to leave out.</summary>
    public ICollection<string> IgnoredColumnNames { get; } = [];
}
