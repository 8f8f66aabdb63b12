using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Events;

namespace Microsoft.ML.Snn;

/// <summary>Gives back the events of a spike train: the inverse of <see cref="EventEncodingEstimator"/>; fitting checks the column and learns nothing.</summary>
/// <remarks><inheritdoc cref="EventDecodingTransformer" path="/remarks/node()"/></remarks>
public sealed class EventDecodingEstimator : TrivialEstimator<EventDecodingTransformer>
{
    internal EventDecodingEstimator(IHostEnvironment env, string inputColumnName, EventColumns outputs, double timeUnit)
        : base(
            Contracts.CheckRef(env, nameof(env)).Register(nameof(EventDecodingEstimator)),
            new EventDecodingTransformer(env, inputColumnName, outputs, timeUnit))
    {
    }

    /// <summary>Returns the columns that the fitted step will give, for a pipeline that was not fitted yet.</summary>
    /// <param name="inputSchema">The columns of the data.</param>
    /// <returns>The same columns, and those of the events.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">The input column is missing, or is no spike train.</exception>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        Dictionary<string, SchemaShape.Column> result = inputSchema.ToDictionary(column => column.Name);
        string input = Transformer.InputColumnName;
        if (!inputSchema.TryFindColumn(input, out SchemaShape.Column column))
        {
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input);
        }

        if (!SpikeColumn.IsSpikeColumn(column))
        {
            throw Host.ExceptSchemaMismatch(
                nameof(inputSchema), "input", input, "spike train, as the encoders of mlContext.Snn() make it", column.GetTypeString());
        }

        Add(Transformer.TimesColumnName, NumberDataViewType.Double);
        Add(Transformer.ChannelsColumnName, NumberDataViewType.Int32);
        if (Transformer.PolaritiesColumnName is { } polarities)
        {
            Add(polarities, BooleanDataViewType.Instance);
        }

        return new SchemaShape(result.Values);

        void Add(string name, DataViewType item) =>
            result[name] = new SchemaShape.Column(name, SchemaShape.Column.VectorKind.VariableVector, item, false);
    }
}
