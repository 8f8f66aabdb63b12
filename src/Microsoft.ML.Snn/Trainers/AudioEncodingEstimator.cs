using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>Encodes sound as spike trains: a bank of filters, and spikes for the level of each band over time.</summary>
/// <remarks><inheritdoc cref="AudioEncodingTransformer" path="/remarks/node()"/></remarks>
public sealed class AudioEncodingEstimator : TrivialEstimator<AudioEncodingTransformer>
{
    internal AudioEncodingEstimator(
        IHostEnvironment env, AudioEncoding encoding, float? sampleRate, string outputColumnName, string inputColumnName)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(nameof(AudioEncodingEstimator)),
            new AudioEncodingTransformer(env, encoding, sampleRate, (outputColumnName, inputColumnName)))
    {
    }

    /// <summary>Returns the columns that a fitted encoder will give, for a pipeline that was not fitted yet.</summary>
    /// <param name="inputSchema">The columns of the data.</param>
    /// <returns>The same columns and the spike trains.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">
    /// The input column is missing, or is neither a vector of Single nor Text.
    /// </exception>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        Dictionary<string, SchemaShape.Column> result = inputSchema.ToDictionary(column => column.Name);
        foreach (InputOutputColumnPair pair in Transformer.Columns)
        {
            if (!inputSchema.TryFindColumn(pair.InputColumnName, out SchemaShape.Column column))
            {
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", pair.InputColumnName);
            }

            bool isScalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
            if (isScalar ? column.ItemType is not TextDataViewType : column.ItemType != NumberDataViewType.Single)
            {
                throw Host.ExceptSchemaMismatch(
                    nameof(inputSchema), "input", pair.InputColumnName, AudioColumn.ExpectedInput, column.GetTypeString());
            }

            result[pair.OutputColumnName] = SpikeColumn.Shape(pair.OutputColumnName);
        }

        return new SchemaShape(result.Values);
    }
}
