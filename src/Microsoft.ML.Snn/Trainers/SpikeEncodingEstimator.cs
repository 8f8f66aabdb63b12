using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>What the estimators of all spike encoders have in common: fitting checks the columns and learns nothing.</summary>
/// <typeparam name="TTransformer">The encoder.</typeparam>
/// <remarks><inheritdoc cref="SpikeEncodingTransformer" path="/remarks/node()"/></remarks>
public abstract class SpikeEncodingEstimator<TTransformer> : TrivialEstimator<TTransformer>
    where TTransformer : SpikeEncodingTransformer
{
    private protected SpikeEncodingEstimator(IHostEnvironment env, string name, TTransformer transformer)
        : base(Contracts.CheckRef(env, nameof(env)).Register(name), transformer)
    {
    }

    /// <summary>Returns the columns that a fitted encoder will give, for a pipeline that was not fitted yet.</summary>
    /// <param name="inputSchema">The columns of the data.</param>
    /// <returns>The same columns and the spike trains.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">
    /// The input column is missing, or is not a vector of Single of a known size.
    /// </exception>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        Dictionary<string, SchemaShape.Column> result = inputSchema.ToDictionary(column => column.Name);
        foreach ((string output, string input) in Transformer.ColumnPairs)
        {
            if (!inputSchema.TryFindColumn(input, out SchemaShape.Column column))
            {
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input);
            }

            if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.ItemType != NumberDataViewType.Single)
            {
                throw Host.ExceptSchemaMismatch(
                    nameof(inputSchema), "input", input, SpikeColumn.ExpectedInput, column.GetTypeString());
            }

            result[output] = SpikeColumn.Shape(output);
        }

        return new SchemaShape(result.Values);
    }
}
