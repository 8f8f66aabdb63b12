using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Events;

namespace Microsoft.ML.Snn;

/// <summary>Encodes raw events, held by columns of times, channels and perhaps polarities, as spike trains; fitting checks the columns and learns nothing.</summary>
/// <remarks><inheritdoc cref="EventEncodingTransformer" path="/remarks/node()"/></remarks>
public sealed class EventEncodingEstimator : TrivialEstimator<EventEncodingTransformer>
{
    internal EventEncodingEstimator(IHostEnvironment env, EventEncoding encoding, string outputColumnName, EventColumns inputs)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(nameof(EventEncodingEstimator)),
            new EventEncodingTransformer(env, encoding, outputColumnName, inputs))
    {
    }

    /// <summary>Returns the columns that the fitted step will give, for a pipeline that was not fitted yet.</summary>
    /// <param name="inputSchema">The columns of the data.</param>
    /// <returns>The same columns and the spike trains.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">An input column is missing, or of another type.</exception>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        Dictionary<string, SchemaShape.Column> result = inputSchema.ToDictionary(column => column.Name);
        EventColumns inputs = Transformer.Inputs;
        foreach (string name in inputs.Names)
        {
            if (!inputSchema.TryFindColumn(name, out SchemaShape.Column column))
            {
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
            }

            if (!inputs.Fits(name, column.ItemType, column.Kind != SchemaShape.Column.VectorKind.Scalar, column.IsKey))
            {
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, inputs.Expected(name), column.GetTypeString());
            }
        }

        result[Transformer.OutputColumnName] = SpikeColumn.Shape(Transformer.OutputColumnName);
        return new SchemaShape(result.Values);
    }
}
