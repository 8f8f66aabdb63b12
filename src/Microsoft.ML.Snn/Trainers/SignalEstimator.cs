using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Encodes, decodes or changes spike trains; fitting checks the columns and learns nothing.</summary>
/// <remarks><inheritdoc cref="SignalTransformer" path="/remarks/node()"/></remarks>
public sealed class SignalEstimator : TrivialEstimator<SignalTransformer>
{
    internal SignalEstimator(IHostEnvironment env, SignalOperation operation, string outputColumnName, string? inputColumnName)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(nameof(SignalEstimator)),
            new SignalTransformer(env, operation, (outputColumnName, inputColumnName ?? outputColumnName)))
    {
    }

    /// <summary>Returns the columns that the fitted step will give, for a pipeline that was not fitted yet.</summary>
    /// <param name="inputSchema">The columns of the data.</param>
    /// <returns>The same columns and the new one.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">The input column is missing, or of another type.</exception>
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

            bool fits = Transformer.Operation.ReadsSpikes
                ? SpikeColumn.IsSpikeColumn(column)
                : column.Kind == SchemaShape.Column.VectorKind.Vector && column.ItemType == NumberDataViewType.Single;
            if (!fits)
            {
                throw Host.ExceptSchemaMismatch(
                    nameof(inputSchema), "input", input, SignalTransformer.ExpectedInput(Transformer.Operation), column.GetTypeString());
            }

            result[output] = Transformer.Operation.WritesSpikes
                ? SpikeColumn.Shape(output)
                : new SchemaShape.Column(output, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false);
        }

        return new SchemaShape(result.Values);
    }
}
