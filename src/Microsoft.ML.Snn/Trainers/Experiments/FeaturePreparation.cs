using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Snn.Trainers.Experiments;

/// <summary>Works out what each column of a table is for, and makes one column of features from 0 to 1 of them.</summary>
/// <remarks>
/// Numbers and vectors of numbers are features; missing ones take the mean. Text with few different values, keys, and
/// what the user names are categories, one slot per value. Other text, and what the user names, is left out.
/// </remarks>
internal sealed class FeaturePreparation
{
    public const string Features = DefaultColumnNames.Features;

    private const int RowsToLookAt = 10_000;
    private const int MostCategories = 100;

    private readonly List<string> _numbers = [];
    private readonly List<string> _vectors = [];
    private readonly List<string> _categories = [];
    private readonly List<string> _keys = [];
    private string? _spikes;

    private FeaturePreparation()
    {
    }

    /// <summary>Gets whether the features are one column of spike trains.</summary>
    public bool IsSpikeTrain => _spikes != null;

    /// <summary>Looks at the columns, and at the first rows of text.</summary>
    /// <exception cref="ArgumentException">A named column is missing, or nothing is left to learn from.</exception>
    public static FeaturePreparation Infer(IDataView data, ColumnInformation columns)
    {
        var found = new FeaturePreparation();
        foreach (string name in columns.NumericColumnNames.Concat(columns.CategoricalColumnNames).Concat(columns.IgnoredColumnNames).Append(columns.LabelColumnName))
        {
            if (data.Schema.GetColumnOrNull(name) == null)
            {
                throw new ArgumentException(
                    $"The data must have the column '{name}', but has {string.Join(", ", data.Schema.Select(c => c.Name))}. Check the spelling.");
            }
        }

        HashSet<string> left = [.. columns.IgnoredColumnNames, columns.LabelColumnName, columns.ExampleWeightColumnName ?? columns.LabelColumnName, "SamplingKeyColumn"];
        foreach (DataViewSchema.Column column in data.Schema.Where(column => !column.IsHidden && !left.Contains(column.Name)))
        {
            found.Add(data, column, columns);
        }

        int features = found._numbers.Count + found._vectors.Count + found._categories.Count + found._keys.Count;
        if (features == 0 && found._spikes == null)
        {
            throw new ArgumentException(
                $"The data must have a column to learn from beside the label '{columns.LabelColumnName}', but has {string.Join(", ", data.Schema.Select(c => $"{c.Name} ({c.Type})"))}. "
                + "Name text columns that are categories in ColumnInformation.CategoricalColumnNames.");
        }

        if (found._spikes != null && features > 0)
        {
            throw new ArgumentException(
                $"A column of spike trains must be the only feature, but beside '{found._spikes}' there are {features} other columns. "
                + "Name one or the other in ColumnInformation.IgnoredColumnNames.");
        }

        return found;
    }

    /// <summary>The transforms up to the column <see cref="Features"/>.</summary>
    public IEstimator<ITransformer> CreatePipeline(MLContext context)
    {
        if (_spikes != null)
        {
            return context.Transforms.CopyColumns(Features, _spikes);
        }

        IEstimator<ITransformer> pipeline = new EstimatorChain<ITransformer>();
        List<string> parts = [.. _vectors];
        foreach (string name in _numbers)
        {
            parts.Add(Part(name));
            pipeline = pipeline.Append(context.Transforms.Conversion.ConvertType(Part(name), name, DataKind.Single));
        }

        foreach (string name in _categories)
        {
            parts.Add(Part(name));
            pipeline = pipeline.Append(context.Transforms.Categorical.OneHotEncoding(Part(name), name));
        }

        foreach (string name in _keys)
        {
            parts.Add(Part(name));
            pipeline = pipeline.Append(context.Transforms.Conversion.MapKeyToVector(Part(name), name));
        }

        // Latency needs 0 to 1, which the minimum and maximum of the training rows give.
        return pipeline.Append(context.Transforms.Concatenate(Features, [.. parts]))
            .Append(context.Transforms.ReplaceMissingValues(Features, replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean))
            .Append(context.Transforms.NormalizeMinMax(Features, fixZero: false));
    }

    /// <summary>What was found, in a line.</summary>
    public override string ToString() => _spikes != null
        ? $"spike trains in '{_spikes}'"
        : string.Create(CultureInfo.InvariantCulture,
            $"{_numbers.Count} numbers, {_vectors.Count} vectors, {_categories.Count + _keys.Count} categories");

    private static string Part(string name) => "Features of " + name;

    private void Add(IDataView data, DataViewSchema.Column column, ColumnInformation columns)
    {
        DataViewType item = column.Type.GetItemType();
        bool isVector = column.Type is VectorDataViewType;
        if (columns.CategoricalColumnNames.Contains(column.Name))
        {
            _categories.Add(column.Name);
        }
        else if (SpikeColumn.TryGet(column, out _))
        {
            _spikes = column.Name;
        }
        else if (column.Type is VectorDataViewType { IsKnownSize: true } && item == NumberDataViewType.Single)
        {
            _vectors.Add(column.Name);
        }
        else if (!isVector && (item is NumberDataViewType || item is BooleanDataViewType))
        {
            _numbers.Add(column.Name);
        }
        else if (!isVector && item is KeyDataViewType)
        {
            _keys.Add(column.Name);
        }
        else if (!isVector && item is TextDataViewType && IsCategory(data, column))
        {
            _categories.Add(column.Name);
        }
    }

    /// <summary>Text is a category if its values come again: free text and names do not.</summary>
    private static bool IsCategory(IDataView data, DataViewSchema.Column column)
    {
        HashSet<string> values = [];
        int rows = 0;
        foreach (ReadOnlyMemory<char> text in data.GetColumn<ReadOnlyMemory<char>>(column).Take(RowsToLookAt))
        {
            rows++;
            values.Add(text.ToString());
            if (values.Count > MostCategories)
            {
                return false;
            }
        }

        return values.Count > 1 && 2 * values.Count <= rows;
    }
}
